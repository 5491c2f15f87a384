package dev.skein.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReadyLineTest {
    @Test
    void wordsHaveAFixedOrder() {
        String line = ReadyLine.of(
                List.of(
                        new ReadyLine.Address("wss", "127.0.0.1", 8084),
                        new ReadyLine.Address("ws", "::1", 8083),
                        new ReadyLine.Address("mqtt", "127.0.0.1", 1883)),
                List.of(
                        new ReadyLine.Address("http", "127.0.0.1", 8080),
                        new ReadyLine.Address("health", "127.0.0.1", 8081)),
                List.of(new ReadyLine.Instance("fleet", "apsara"), new ReadyLine.Instance("default", "open")),
                "n1");

        assertThat(line)
                .isEqualTo("skein ready mqtt=127.0.0.1:1883 ws=[::1]:8083 wss=127.0.0.1:8084 http=127.0.0.1:8080"
                        + " health=127.0.0.1:8081"
                        + " instances=default:open,fleet:apsara node=n1");
    }

    @Test
    void httpIsLeftOutWhenItIsOff() {
        assertThat(ReadyLine.of(List.of(), List.of(), List.of(new ReadyLine.Instance("default", "open")), "n1"))
                .isEqualTo("skein ready instances=default:open node=n1");
    }
}
