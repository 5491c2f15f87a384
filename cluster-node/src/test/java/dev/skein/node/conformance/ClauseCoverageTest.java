package dev.skein.node.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds the cases against the lists of normative statements, and the pages in {@code docs} against both. */
@ParameterizedClass
@EnumSource(ConformanceSuite.class)
class ClauseCoverageTest {
    private final ConformanceSuite suite;
    private final List<Clause> clauses;
    private final List<WireCase> cases;

    ClauseCoverageTest(ConformanceSuite suite) {
        this.suite = suite;
        clauses = WireCases.of(suite).clauses();
        cases = WireCases.of(suite).all();
    }

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
        Macros macros = WireCases.of(suite).macros();

        assertThat(cases)
                .allSatisfy(c -> c.steps()
                        .forEach(step -> macros.expandStep(step)
                                .forEach(plain -> assertThat(CaseRun.isReadable(plain, macros))
                                        .isTrue())));
    }

    /** Writes the page instead with {@code -Dskein.docs.write=true}. */
    @Test
    void documentTellsWhichCaseTestsWhichClause() throws IOException {
        Path document = Path.of("..", "docs", suite.document());
        String page = ConformanceDocument.render(suite, clauses, cases);
        if (Boolean.getBoolean("skein.docs.write")) {
            Files.createDirectories(document.getParent());
            Files.writeString(document, page);
        }

        assertThat(document).hasContent(page);
    }
}
