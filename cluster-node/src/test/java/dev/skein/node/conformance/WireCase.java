package dev.skein.node.conformance;

import java.util.List;
import java.util.Map;

/**
 * One case of the data.
 *
 * @param suite the version of the protocol that it belongs to
 * @param chapter the file it stands in
 * @param name what must hold, unique in its chapter
 * @param clauses the normative statements it tests, such as {@code MQTT-3.1.0-2}
 * @param steps what to do, one line each; see {@code src/test/resources/conformance/README.md}
 * @param slow true when the case takes real time, such as a keep-alive
 * @param deviations broker name to the reason why the case does not hold there
 */
record WireCase(
        ConformanceSuite suite,
        String chapter,
        String name,
        List<String> clauses,
        List<String> steps,
        boolean slow,
        Map<String, String> deviations) {

    /** Clauses and name, as the test report shows them. */
    String title() {
        return (clauses.isEmpty() ? "" : "[" + String.join("] [", clauses) + "] ") + suite.folder() + chapter + ": "
                + name;
    }
}
