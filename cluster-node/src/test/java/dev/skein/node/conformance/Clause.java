package dev.skein.node.conformance;

/**
 * One normative statement of a specification.
 *
 * @param id such as {@code MQTT-3.1.0-2}
 * @param summary what it asks, in our own words
 * @param untested why no case tests it; empty when one must
 */
record Clause(String id, String summary, String untested) {
    /** Whether at least one case must name it. */
    boolean needsCase() {
        return untested.isEmpty();
    }
}
