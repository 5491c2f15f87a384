package dev.skein.node.route.actor;

import dev.skein.node.route.Seeds;
import org.junit.jupiter.api.Test;

/** Routes told are routes held, a change is answered when it is in force, the newest retained message is kept. */
class RouterSimulationTest {
    private static final int SCHEDULES = 250;
    private static final int STEPS = 400;

    @Test
    void everyOpenTableHasWhatTheStoreHas() throws Exception {
        Seeds.run(SCHEDULES, random -> new RoutesSimulation(random).run(STEPS));
    }

    @Test
    void theNewestRetainedMessageIsKept() throws Exception {
        Seeds.run(SCHEDULES, random -> new RetainedSimulation(random).run(STEPS));
    }
}
