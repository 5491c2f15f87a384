package dev.skein.loadtest.play;

import dev.skein.loadtest.play.Figures.OfFlow;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One flow's open loop on one event loop: message k of publisher p is due at {@code start + (k + p / publishers) /
 * rate}, whatever became of the ones before it.
 */
final class Pacer {
    /** Timers are not set finer than this. */
    private static final long FINEST_NANOS = 50_000;

    private final FlowPlan plan;
    private final List<Member> members;
    private final Lane lane;
    private final RunTime time;
    private final long start;
    private final double interval;
    private boolean on = true;
    private long step;

    /** {@code members}: of this loop, in rising order of number. */
    Pacer(FlowPlan plan, List<Member> members, Lane lane, RunTime time, long start) {
        this.plan = plan;
        this.members = members;
        this.lane = lane;
        this.time = time;
        this.start = start;
        this.interval = TimeUnit.SECONDS.toNanos(1) / plan.flow().rate();
    }

    FlowPlan plan() {
        return plan;
    }

    void run() {
        if (!on || members.isEmpty()) {
            return;
        }
        long now = time.now();
        long due = next();
        while (due <= now) {
            Member member = members.get((int) (step % members.size()));
            if (member.ready() && member.sender(plan).hasMore()) {
                if (time.measures(due)) {
                    lane.figures().add(OfFlow.DUE_MEASURED, plan.index(), 1);
                }
                member.due(plan, due);
            }
            step++;
            due = next();
        }
        lane.after(Math.max(FINEST_NANOS, due - time.now()), this::run);
    }

    private long next() {
        Member member = members.get((int) (step % members.size()));
        long round = step / members.size();
        double turn = member.number() / (double) plan.publishers();
        return start + (long) ((round + turn) * interval);
    }

    void stop() {
        on = false;
    }
}
