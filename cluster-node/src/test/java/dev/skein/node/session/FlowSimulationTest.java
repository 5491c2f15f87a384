package dev.skein.node.session;

import dev.skein.node.route.Seeds;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nothing lost, nothing twice at QoS 2, in order, within bounds, no packet identifier used twice at once. */
class FlowSimulationTest {
    private static final int SCHEDULES = 1000;
    private static final int STEPS = 1000;

    @ParameterizedTest
    @EnumSource
    void everySchedulePromisesHold(FlowSimulation.Kind kind) throws Exception {
        Seeds.run(SCHEDULES, random -> new FlowSimulation(random, kind).run(STEPS));
    }
}
