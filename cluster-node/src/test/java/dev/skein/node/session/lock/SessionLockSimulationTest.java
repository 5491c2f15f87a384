package dev.skein.node.session.lock;

import dev.skein.node.route.Seeds;
import org.junit.jupiter.api.Test;

/** One holder, one answer, no state without a deadline, nothing granted that was not loaded, wills first. */
class SessionLockSimulationTest {
    private static final int SCHEDULES = 1000;
    private static final int STEPS = 400;

    @Test
    void everySchedulePromisesHold() throws Exception {
        Seeds.run(SCHEDULES, random -> new LockSimulation(random).run(STEPS));
    }
}
