package dev.skein.node.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.typesafe.config.ConfigFactory;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostsTest {
    private static Hosts read(String value) {
        return Hosts.from("skein.listeners.mqtt", ConfigFactory.parseString("host = " + value));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "127.0.0.1                 | 127.0.0.1",
                "\"::1\"                   | ::1",
                "\"[::1]\"                 | ::1",
                "\"0.0.0.0\"               | 0.0.0.0",
                "[127.0.0.1, 192.0.2.1]    | 127.0.0.1,192.0.2.1",
                "\"127.0.0.1, 192.0.2.1\"  | 127.0.0.1,192.0.2.1",
                "[127.0.0.1, 127.0.0.1]    | 127.0.0.1",
            })
    void oneOrSeveralAddresses(String value, String bound) {
        assertThat(read(value).toBind()).containsExactly(bound.split(","));
    }

    @Test
    void localhostIsEveryLoopbackAddressThatTheMachineHas() throws Exception {
        boolean six = NetworkInterface.getByInetAddress(InetAddress.ofLiteral("::1")) != null;
        List<String> both = six ? List.of("127.0.0.1", "::1") : List.of("127.0.0.1");
        assertThat(read("localhost").toBind()).isEqualTo(both);
        assertThat(read("[localhost, 127.0.0.1]").toBind()).isEqualTo(both);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "[]", "[a, \"\"]", "\"a,\"", "{ a = 1 }"})
    void emptyIsRefusedWithTheKey(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(value))
                .withMessageStartingWith("skein.listeners.mqtt.host: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "localhost | true",
                "[127.0.0.1, \"::1\"] | true",
                "[localhost, 0.0.0.0] | false",
                "a.example | false"
            })
    void loopbackIsSoWhenAllAre(String value, boolean loopback) {
        assertThat(read(value).isLoopback()).isEqualTo(loopback);
    }
}
