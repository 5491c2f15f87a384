package dev.skein.node.rule.flow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The target is away, silent, flaky, the process crashes, in every order: what is acknowledged arrives, in order. */
class ForwardingSimulationTest {
    private static final int SEEDS = 3_000;
    private static final int STEPS = 400;

    @Test
    void acknowledgedArrivesInTheOrderOfItsPublisher() {
        long acknowledged = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            SimulatedTarget world = new SimulatedTarget(seed);
            world.run(STEPS);
            assertThat(world.verdict()).as("seed %d", seed).isEmpty();
            acknowledged += world.acknowledged();
        }
        assertThat(acknowledged).as("acknowledged in all schedules").isGreaterThan(SEEDS * 20L);
    }
}
