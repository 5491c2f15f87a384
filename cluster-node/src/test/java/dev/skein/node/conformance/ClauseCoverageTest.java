package dev.skein.node.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds the cases against the list of normative statements, and {@code docs/conformance.md} against both. */
class ClauseCoverageTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "conformance.md");

    private final List<Clause> clauses = WireCases.clauses();
    private final List<WireCase> cases = WireCases.all();

    @Test
    void everyServerClauseHasACase() {
        Set<String> covered = cases.stream().flatMap(c -> c.clauses().stream()).collect(Collectors.toSet());

        assertThat(clauses.stream().filter(Clause::needsCase).map(Clause::id)).allMatch(covered::contains);
    }

    @Test
    void everyNamedClauseExists() {
        Set<String> known = clauses.stream().map(Clause::id).collect(Collectors.toSet());

        assertThat(cases.stream().flatMap(c -> c.clauses().stream())).allMatch(known::contains);
    }

    @Test
    void noClauseIsListedTwice() {
        assertThat(clauses.stream().map(Clause::id)).doesNotHaveDuplicates();
    }

    @Test
    void noCaseIsSwitchedOffForSkein() {
        assertThat(cases).noneMatch(c -> c.deviations().containsKey("skein"));
    }

    @Test
    void everyStepOfEveryCaseIsReadable() {
        Macros macros = WireCases.macros();

        assertThat(cases)
                .allSatisfy(c -> c.steps()
                        .forEach(step -> macros.expandStep(step)
                                .forEach(plain -> assertThat(CaseRun.isReadable(plain, macros))
                                        .isTrue())));
    }

    /** Writes the page instead with {@code -Dskein.docs.write=true}. */
    @Test
    void documentTellsWhichCaseTestsWhichClause() throws IOException {
        String page = ConformanceDocument.render(clauses, cases);
        if (Boolean.getBoolean("skein.docs.write")) {
            Files.createDirectories(DOCUMENT.getParent());
            Files.writeString(DOCUMENT, page);
        }

        assertThat(DOCUMENT).hasContent(page);
    }
}
