package dev.skein.node.control;

import java.util.List;

/**
 * Outcome of the health checks of a node.
 *
 * @param checks all checks, good and bad, in the order to show
 */
public record HealthReport(List<Check> checks) {
    /** Copies the list. */
    public HealthReport {
        checks = List.copyOf(checks);
    }

    /** From checks in the order to show. */
    public static HealthReport of(Check... checks) {
        return new HealthReport(List.of(checks));
    }

    /** Whether every check is good. */
    public boolean healthy() {
        return checks.stream().allMatch(Check::ok);
    }

    /**
     * One check.
     *
     * @param name such as {@code store}
     * @param ok whether it is good
     * @param text what is, or what is wrong; for people
     */
    public record Check(String name, boolean ok, String text) {
        /** A good check. */
        public static Check good(String name, String text) {
            return new Check(name, true, text);
        }

        /** A bad check; {@code text} says what is wrong. */
        public static Check bad(String name, String text) {
            return new Check(name, false, text);
        }
    }
}
