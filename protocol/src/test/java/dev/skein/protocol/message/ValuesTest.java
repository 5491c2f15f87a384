package dev.skein.protocol.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ValuesTest {
    private static final Properties ALL = Objects.requireNonNull(new Properties.Builder()
            .text()
            .user("b", "1")
            .contentType("text/plain")
            .user("a", "2")
            .responseTopic("answers/ü")
            .correlationData(new byte[] {0, -1})
            .user("b", "1")
            .expiresAt(1_800_000_000_000L)
            .build());

    private static List<String> users(Properties properties) {
        List<String> users = new ArrayList<>();
        properties.forEachUser((name, value) -> users.add(name + "=" + value));
        return users;
    }

    private static @Nullable Properties encoded(String hex) {
        return Properties.of(HexFormat.of().parseHex(hex), Long.MAX_VALUE);
    }

    @Test // [MQTT-3.3.2-18]
    void userPropertiesKeepTheirOrderAndThoseThatComeTwice() {
        assertThat(users(ALL)).containsExactly("b=1", "a=2", "b=1");
    }

    @Test
    void everyPropertyIsFoundWhereverItStands() {
        assertThat(ALL.isText()).isTrue();
        assertThat(ALL.contentType()).isEqualTo("text/plain");
        assertThat(ALL.responseTopic()).isEqualTo("answers/ü");
        assertThat(ALL.correlationData()).containsExactly(0, -1);
        assertThat(ALL.expiresAt()).isEqualTo(1_800_000_000_000L);
        assertThat(Properties.of(ALL.encoded(), ALL.expiresAt())).isEqualTo(ALL).hasSameHashCodeAs(ALL);
        assertThat(ALL.expiringAt(1)).isNotEqualTo(ALL);
    }

    @Test // the bytes of a PUBLISH: identifiers and lengths of MQTT 5 section 2.2.2
    void encodedFormIsThatOfMqtt5() {
        Properties one =
                new Properties.Builder().text().contentType("t").user("k", "v").build();

        assertThat(one).isNotNull();
        assertThat(HexFormat.of().formatHex(one.encoded())).isEqualTo("0101" + "03000174" + "2600016b000176");
    }

    @Test
    void whatIsNotThereIsNull() {
        Properties one = new Properties.Builder().user("k", "v").build();

        assertThat(one).isNotNull();
        assertThat(one.isText()).isFalse();
        assertThat(one.contentType()).isNull();
        assertThat(one.responseTopic()).isNull();
        assertThat(one.correlationData()).isNull();
        assertThat(one.expiresAt()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void noPropertiesAreNoObject() {
        assertThat(new Properties.Builder().build()).isNull();
        assertThat(Properties.of(null, Long.MAX_VALUE)).isNull();
        assertThat(Properties.of(null, 5)).isNotNull();
        assertThat(Content.of(new byte[3]).properties()).isNull();
        assertThat(Content.of(new byte[3]).expiresAt()).isEqualTo(Long.MAX_VALUE);
        assertThat(new Content(new byte[3], ALL).bytes()).isEqualTo(3 + ALL.encoded().length);
    }

    @Test
    void damagedPropertiesAreRefusedNotMisread() {
        for (String hex : List.of("03", "0300", "030005ff", "26000161", "2600016100", "7f00", "0003")) {
            Properties damaged = Objects.requireNonNull(encoded(hex));
            assertThatIllegalArgumentException()
                    .as(hex)
                    .isThrownBy(damaged::responseTopic)
                    .withMessageStartingWith("properties: ");
        }
    }

    @Test
    void aValueThatNoLengthFitsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Properties.Builder().user("k", "x".repeat(65_536)))
                .withMessage("property: 65536 bytes (expected: at most 65535)");
    }

    @Test
    void aContentKnowsTheFirstAndTheLastOfItsQueues() {
        Content content = Content.of(new byte[1]);

        assertThat(content.queued()).isTrue();
        assertThat(content.queued()).isFalse();
        assertThat(content.unqueued()).isFalse();
        assertThat(content.unqueued()).isTrue();
    }

    @Test
    void anOriginIsReadAsItWasWritten() {
        Origin client = Origin.client(Origin.MQTT, "GID_a@@@ü:1");

        assertThat(client).hasToString("mqtt:GID_a@@@ü:1");
        assertThat(client.kind()).isEqualTo("mqtt");
        assertThat(client.name()).isEqualTo("GID_a@@@ü:1");
        assertThat(Origin.of(client.toString())).isEqualTo(client).hasSameHashCodeAs(client);
        assertThat(Origin.of("mqtt:GID_a@@@ü:1".getBytes(UTF_8))).isEqualTo(client);
        assertThat(Origin.API.kind()).isEqualTo("api");
        assertThat(Origin.API.name()).isEmpty();
        assertThat(Origin.of((String) null)).isSameAs(Origin.UNKNOWN);
        assertThat(Origin.UNKNOWN.kind()).isEmpty();
    }

    @Test
    void subscriptionOptionsAreReadAsTheyWereWritten() {
        for (int handling = 0; handling <= 2; handling++) {
            for (boolean local : new boolean[] {true, false}) {
                for (boolean published : new boolean[] {true, false}) {
                    Subscription one = new Subscription("a/#", 1, local, published, handling, "g", 7);
                    assertThat(Subscription.of("a/#", 1, one.options(), "g", 7)).isEqualTo(one);
                }
            }
        }
        assertThat(new Subscription("a/#", 1).options()).isZero();
        assertThat(new Subscription("a/#", 1).fullFilter()).isEqualTo("a/#");
        assertThat(new Subscription("a/#", 1, false, false, 0, "g", 0).fullFilter())
                .isEqualTo("$share/g/a/#");
    }
}
