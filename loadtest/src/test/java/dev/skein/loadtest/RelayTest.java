package dev.skein.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loadtest.relay.Relay;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The baseline passes the load tester's own checks. */
class RelayTest {
    private final Relay relay = Relay.start(2, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

    @AfterEach
    void close() {
        relay.close();
    }

    private Outcome run(String scenario) {
        String arguments = scenario + " --warmup 100ms --duration 600ms --drain 5s --json - --port "
                + relay.address().getPort();
        return Outcome.of(arguments.split(" ", -1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pair --pairs 4",
                "pair --pairs 2 --size 100000 --window 3",
                "fan-out --publishers 2 --subscribers 7",
                "fan-in --publishers 5 --subscribers 1",
                "pair --pairs 2 --keep-alive 1 --rate 100"
            })
    void everyMessageArrivesOnceAndInOrder(String scenario) {
        Outcome outcome = run(scenario);

        assertThat(outcome.exit()).as(outcome.err()).isZero();
        assertThat(outcome.check("lost")).isZero();
        assertThat(outcome.check("duplicates")).isZero();
        assertThat(outcome.check("delivered")).isPositive();
    }

    @Test
    void whatItDoesNotServeIsRefused() {
        assertThat(run("pair --pairs 1 --qos 1").err()).contains("SUBSCRIBE granted at QoS 0 (expected: 1)");
        assertThat(run("fan-in --publishers 20 --subscribers 1").err()).contains("SUBSCRIBE refused");
    }
}
