package dev.skein.loadtest.play;

import dev.skein.loadtest.play.Arrivals.Excused;
import dev.skein.loadtest.scenario.Phase;
import dev.skein.loadtest.scenario.Phase.Action;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which messages a receiver need not have: those sent while it was away by plan and nothing was kept for it. */
final class Excuses {
    private final Plan plan;
    private final List<Absence> absences = new ArrayList<>();

    Excuses(Plan plan) {
        this.plan = plan;
    }

    /** Some members were not there between two moments. */
    private static final class Absence {
        private final int phase;
        private final Totals from;
        private @Nullable Totals to;

        Absence(int phase, Totals from) {
            this.phase = phase;
            this.from = from;
        }
    }

    void from(int phase, Totals totals) {
        absences.add(new Absence(phase, totals));
    }

    /** Ends the absences whose members a phase brings back. */
    void to(int phase, Totals totals) {
        Phase ending = plan.scenario().phases().get(phase);
        for (Absence absence : absences) {
            boolean own = absence.phase == phase;
            boolean back = ending.action() == Action.RECONNECT
                    && plan.scenario().phases().get(absence.phase).action() == Action.DISCONNECT
                    && ending.groups()
                            .containsAll(
                                    plan.scenario().phases().get(absence.phase).groups());
            if (absence.to == null && (own || back)) {
                absence.to = totals;
            }
        }
    }

    /** Whether a phase takes a member away, or brings it up. */
    boolean concerns(int phase, Member member) {
        Phase of = plan.scenario().phases().get(phase);
        return of.groups().contains(member.group().name())
                && (of.share() >= 1
                        || Hash.fraction(Hash.of(
                                        plan.settings().seed(),
                                        -1 - phase,
                                        member.group().index(),
                                        member.number()))
                                < of.share());
    }

    /** How many messages of one flow a member lacks. */
    long missing(Member member, FlowPlan flow, Arrivals arrivals, Totals totals, Map<Long, List<Integer>> uncertain) {
        FlowPlan asked = flow.asked();
        int numbered = asked == null ? flow.index() : asked.index();
        List<Absence> own =
                absences.stream().filter(a -> concerns(a.phase, member)).toList();
        long missing = 0;
        for (int i = 0; i < arrivals.sources().size(); i++) {
            int stream = arrivals.sources().stream(i);
            int sent = totals.sent()[numbered][stream];
            if (!arrivals.complete(i, sent)) {
                Excused excused = excused(member, flow, arrivals, own, numbered, stream);
                for (int sequence : uncertain.getOrDefault(key(numbered, stream), List.of())) {
                    excused = excused.and(sequence, sequence + 1);
                }
                missing += arrivals.missing(i, sent, excused);
            }
        }
        return missing;
    }

    private Excused excused(
            Member member, FlowPlan flow, Arrivals arrivals, List<Absence> own, int numbered, int stream) {
        Excused excused = Excused.NOTHING;
        boolean kept = !member.group().group().clean() && arrivals.qos() > 0;
        for (Absence absence : own) {
            Totals back = absence.to;
            int from = absence.from.sent()[numbered][stream];
            int to = back == null ? Integer.MAX_VALUE : back.sent()[numbered][stream];
            if (plan.scenario().phases().get(absence.phase).action() != Action.DISCONNECT) {
                // not there before; the newest of a retained flow comes all the same
                int before = flow.flow().retain() && from == to ? Math.max(0, to - 1) : to;
                excused = before == 0 ? excused : excused.and(0, before);
            } else if (!kept || back == null) {
                excused = excused.and(from, to);
            }
        }
        return excused;
    }

    static long key(int flow, int stream) {
        return ((long) flow << 32) | stream;
    }

    static Map<Long, List<Integer>> byStream(Totals totals) {
        Map<Long, List<Integer>> byStream = new HashMap<>();
        for (int[] each : totals.uncertain()) {
            byStream.computeIfAbsent(key(each[0], each[1]), unused -> new ArrayList<>())
                    .add(each[2]);
        }
        return byStream;
    }
}
