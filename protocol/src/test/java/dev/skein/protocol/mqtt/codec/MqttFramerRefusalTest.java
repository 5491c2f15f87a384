package dev.skein.protocol.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.message.Reason;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every packet that is refused, with the clause that it breaks. */
class MqttFramerRefusalTest {
    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                // section 2.2: the fixed header
                "2.2.1         | MALFORMED          | 00 00",
                "2.2.1         | MALFORMED          | f0 00",
                "2.2.1         | MALFORMED          | 00", // at once, before the length
                "2.2.3         | MALFORMED          | 30 ff ff ff ff",
                "2.2.3         | MALFORMED          | 30 80 80 80 80",
                "2.2.3         | PACKET_TOO_LARGE   | 30 ff ff ff 7f",
                "2.2.3         | PACKET_TOO_LARGE   | 10 a1 8d 06", // 100,001
                "MQTT-2.2.2-2  | MALFORMED          | 11 0d s'MQTT' 04 02 003c s'p'",
                "MQTT-2.2.2-2  | MALFORMED          | 12 0d s'MQTT' 04 02 003c s'p'",
                "MQTT-2.2.2-2  | MALFORMED          | 18 0d s'MQTT' 04 02 003c s'p'",
                "MQTT-2.2.2-2  | MALFORMED          | 11 0d s'MQTT' 06 02 003c s'p'",
                "MQTT-2.2.2-2  | MALFORMED          | 41",
                "MQTT-2.2.2-2  | MALFORMED          | 48",
                "MQTT-2.2.2-2  | MALFORMED          | 52",
                "MQTT-2.2.2-2  | MALFORMED          | 60",
                "MQTT-2.2.2-2  | MALFORMED          | 63",
                "MQTT-2.2.2-2  | MALFORMED          | 6a",
                "MQTT-2.2.2-2  | MALFORMED          | 72",
                "MQTT-2.2.2-2  | MALFORMED          | 80",
                "MQTT-2.2.2-2  | MALFORMED          | 84",
                "MQTT-2.2.2-2  | MALFORMED          | 8a",
                "MQTT-2.2.2-2  | MALFORMED          | a0",
                "MQTT-2.2.2-2  | MALFORMED          | a3",
                "MQTT-2.2.2-2  | MALFORMED          | c1",
                "MQTT-2.2.2-2  | MALFORMED          | c2",
                "MQTT-2.2.2-2  | MALFORMED          | e1",
                "MQTT-2.2.2-2  | MALFORMED          | e8",
                // packets of a server
                "MQTT-4.8.0-1  | PROTOCOL_VIOLATION | 20 02 0000",
                "MQTT-4.8.0-1  | PROTOCOL_VIOLATION | 90 03 0001 00",
                "MQTT-4.8.0-1  | PROTOCOL_VIOLATION | b0 02 0001",
                "MQTT-4.8.0-1  | PROTOCOL_VIOLATION | d0 00",
                // section 3.3: PUBLISH
                "MQTT-3.3.1-4  | MALFORMED          | 36",
                "MQTT-3.3.1-4  | MALFORMED          | 3f",
                "MQTT-3.3.1-2  | PROTOCOL_VIOLATION | 38",
                "MQTT-3.3.1-2  | PROTOCOL_VIOLATION | 39",
                "1.5.3         | MALFORMED          | 30 00",
                "1.5.3         | MALFORMED          | 30 01 00",
                "1.5.3         | MALFORMED          | 30 02 0001",
                "1.5.3         | MALFORMED          | 30 04 0003 'ab'",
                "1.5.3         | MALFORMED          | 30 03 ffff 'a'",
                "2.2.3         | MALFORMED          | 32 03 s'a'",
                "2.2.3         | MALFORMED          | 32 04 s'a' 00",
                "MQTT-2.3.1-1  | PROTOCOL_VIOLATION | 32 05 s'a' 0000",
                "MQTT-2.3.1-1  | PROTOCOL_VIOLATION | 34 05 s'a' 0000",
                "MQTT-4.7.3-1  | PROTOCOL_VIOLATION | 30 02 0000",
                "MQTT-3.3.2-2  | PROTOCOL_VIOLATION | 30 05 s'a/+'",
                "MQTT-3.3.2-2  | PROTOCOL_VIOLATION | 30 03 s'#'",
                "MQTT-3.3.2-2  | PROTOCOL_VIOLATION | 30 04 s'a#'",
                "MQTT-1.5.3-1  | MALFORMED          | 30 05 0003 eda080", // U+D800
                "MQTT-1.5.3-1  | MALFORMED          | 30 04 0002 c080", // overlong U+0000
                "MQTT-1.5.3-1  | MALFORMED          | 30 03 0001 ff",
                "MQTT-1.5.3-1  | MALFORMED          | 30 04 0001 c3 a4", // the payload does not complete the topic
                "MQTT-1.5.3-2  | MALFORMED          | 30 05 0003 'a' 00 'b'",
                // section 3.4 to 3.7: acknowledgements
                "2.2.3         | MALFORMED          | 40 00",
                "2.2.3         | MALFORMED          | 40 01 00",
                "2.2.3         | MALFORMED          | 40 03 0001 00",
                "2.2.3         | MALFORMED          | 50 04 0001 0000",
                "2.2.3         | MALFORMED          | 62 00",
                "2.2.3         | MALFORMED          | 62 03 0001 00",
                "2.2.3         | MALFORMED          | 70 01 01",
                "MQTT-2.3.1-1  | PROTOCOL_VIOLATION | 40 02 0000",
                "MQTT-2.3.1-1  | PROTOCOL_VIOLATION | 50 02 0000",
                "MQTT-2.3.1-1  | PROTOCOL_VIOLATION | 62 02 0000",
                "MQTT-2.3.1-1  | PROTOCOL_VIOLATION | 70 02 0000",
                // section 3.8: SUBSCRIBE
                "2.2.3         | MALFORMED          | 82 00",
                "2.2.3         | MALFORMED          | 82 01 00",
                "MQTT-2.3.1-1  | PROTOCOL_VIOLATION | 82 06 0000 s'a' 00",
                "MQTT-3.8.3-3  | PROTOCOL_VIOLATION | 82 02 0001",
                "2.2.3         | MALFORMED          | 82 05 0001 s'a'",
                "1.5.3         | MALFORMED          | 82 07 0001 s'a' 00 00",
                "1.5.3         | MALFORMED          | 82 06 0001 0003 'ab'",
                "MQTT-3-8.3-4  | MALFORMED          | 82 06 0001 s'a' 03",
                "MQTT-3-8.3-4  | MALFORMED          | 82 06 0001 s'a' 04",
                "MQTT-3-8.3-4  | MALFORMED          | 82 06 0001 s'a' 80",
                "MQTT-3-8.3-4  | MALFORMED          | 82 0a 0001 s'a' 00 s'b' 41",
                "MQTT-4.7.3-1  | PROTOCOL_VIOLATION | 82 05 0001 0000 00",
                "MQTT-4.7.1-2  | PROTOCOL_VIOLATION | 82 08 0001 s'a#b' 00",
                "MQTT-4.7.1-2  | PROTOCOL_VIOLATION | 82 07 0001 s'#/' 00",
                "MQTT-4.7.1-3  | PROTOCOL_VIOLATION | 82 07 0001 s'a+' 00",
                "MQTT-4.7.1-3  | PROTOCOL_VIOLATION | 82 09 0001 s'/+a/' 00",
                "MQTT-1.5.3-1  | MALFORMED          | 82 08 0001 0003 edbfbf 00", // U+DFFF
                "MQTT-1.5.3-2  | MALFORMED          | 82 06 0001 0001 00 00",
                // section 3.10: UNSUBSCRIBE
                "2.2.3         | MALFORMED          | a2 01 00",
                "MQTT-2.3.1-1  | PROTOCOL_VIOLATION | a2 05 0000 s'a'",
                "MQTT-3.10.3-2 | PROTOCOL_VIOLATION | a2 02 0001",
                "1.5.3         | MALFORMED          | a2 06 0001 s'a' 00",
                "MQTT-4.7.3-1  | PROTOCOL_VIOLATION | a2 04 0001 0000",
                "MQTT-4.7.1-2  | PROTOCOL_VIOLATION | a2 06 0001 s'##'",
                "MQTT-1.5.3-1  | MALFORMED          | a2 05 0001 0001 80",
                // sections 3.12, 3.14
                "2.2.3         | MALFORMED          | c0 01 00",
                "2.2.3         | MALFORMED          | e0 01 00",
                // section 3.1: CONNECT
                "1.5.3         | MALFORMED          | 10 00",
                "1.5.3         | MALFORMED          | 10 04 0004 'MQ'",
                "MQTT-3.1.2-1  | PROTOCOL_VIOLATION | 10 0d s'MQTX' 04 02 003c s'p'",
                "MQTT-3.1.2-1  | PROTOCOL_VIOLATION | 10 0d s'mqtt' 04 02 003c s'p'",
                "MQTT-3.1.2-1  | PROTOCOL_VIOLATION | 10 09 0000 04 02 003c s'p'",
                "MQTT-1.5.3-1  | MALFORMED          | 10 0d 0004 'MQT' ff 04 02 003c s'p'",
                "2.2.3         | MALFORMED          | 10 06 s'MQTT'",
                "2.2.3         | MALFORMED          | 10 07 s'MQTT' 04",
                "2.2.3         | MALFORMED          | 10 09 s'MQTT' 04 02 00",
                "1.5.3         | MALFORMED          | 10 0a s'MQTT' 04 02 003c", // [MQTT-3.1.3-3]
                "MQTT-3.1.2-3  | PROTOCOL_VIOLATION | 10 0d s'MQTT' 04 03 003c s'p'",
                "MQTT-3.1.2-13 | PROTOCOL_VIOLATION | 10 0d s'MQTT' 04 0a 003c s'p'",
                "MQTT-3.1.2-13 | PROTOCOL_VIOLATION | 10 0d s'MQTT' 04 12 003c s'p'",
                "MQTT-3.1.2-15 | PROTOCOL_VIOLATION | 10 0d s'MQTT' 04 22 003c s'p'",
                "MQTT-3.1.2-14 | PROTOCOL_VIOLATION | 10 13 s'MQTT' 04 1e 003c s'p' s'w' s'm'",
                "MQTT-3.1.2-22 | PROTOCOL_VIOLATION | 10 10 s'MQTT' 04 42 003c s'p' s's'",
                "1.5.3         | MALFORMED          | 10 0d s'MQTT' 04 82 003c s'p'", // [MQTT-3.1.2-19]
                "1.5.3         | MALFORMED          | 10 10 s'MQTT' 04 c2 003c s'p' s'u'", // [MQTT-3.1.2-21]
                "1.5.3         | MALFORMED          | 10 0d s'MQTT' 04 06 003c s'p'", // [MQTT-3.1.2-9]
                "1.5.3         | MALFORMED          | 10 10 s'MQTT' 04 06 003c s'p' s'w'",
                "2.2.3         | MALFORMED          | 10 0e s'MQTT' 04 02 003c s'p' 00",
                "2.2.3         | MALFORMED          | 10 10 s'MQTT' 04 02 003c s'p' s'u'", // [MQTT-3.1.2-18]
                "MQTT-1.5.3-1  | MALFORMED          | 10 0d s'MQTT' 04 02 003c 0001 ff", // [MQTT-3.1.3-4]
                "MQTT-1.5.3-2  | MALFORMED          | 10 0d s'MQTT' 04 02 003c 0001 00",
                "MQTT-1.5.3-1  | MALFORMED          | 10 12 s'MQTT' 04 82 003c s'p' 0003 eda080", // [MQTT-3.1.3-11]
                "MQTT-1.5.3-1  | MALFORMED          | 10 13 s'MQTT' 04 06 003c s'p' 0001 80 s'm'", // [MQTT-3.1.3-10]
                "MQTT-3.3.2-2  | PROTOCOL_VIOLATION | 10 13 s'MQTT' 04 06 003c s'p' s'#' s'm'",
                "MQTT-4.7.3-1  | PROTOCOL_VIOLATION | 10 12 s'MQTT' 04 06 003c s'p' 0000 s'm'",
                "MQTT-3.1.2-22 | PROTOCOL_VIOLATION | 10 12 s'MQIsdp' 03 42 003c s'p' s's'",
                "1.5.3         | MALFORMED          | 10 0c s'MQIsdp' 03 02 003c",
            })
    void refuses(String clause, Reason reason, String packet) {
        try (FramerProbe probe = new FramerProbe()) {
            probe.write(packet);
            assertThat(probe.received).isEmpty();
            assertThat(probe.failure().clause()).isEqualTo(clause);
            assertThat(probe.failure().reason()).isEqualTo(reason);
            assertThat(probe.failure().getMessage()).matches("(?s).+: .*\\(expected: .+\\)");
        }
    }
}
