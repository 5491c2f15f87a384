package dev.skein.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code docs/control-api.md} names every route and every error as the code has them. */
class ControlApiDocTest {
    private static final Path DOC = Path.of("..", "docs", "control-api.md");

    @Test
    void everyRouteStandsInTheDocument() throws Exception {
        List<String> routes = Files.readAllLines(DOC).stream()
                .filter(line -> line.matches("\\| `(GET|POST|DELETE) /.*"))
                .map(line -> line.substring("| `".length(), line.indexOf("` |")))
                .toList();
        assertThat(routes)
                .containsExactlyInAnyOrderElementsOf(OpenApiTest.endpoints().stream()
                        .map(endpoint -> endpoint.method() + " " + endpoint.template())
                        .toList());
    }

    @Test
    void everyErrorStandsInTheDocument() throws Exception {
        List<String> errors = Files.readAllLines(DOC).stream()
                .dropWhile(line -> !line.equals("## Errors"))
                .filter(line -> line.startsWith("| `"))
                .toList();
        assertThat(errors)
                .containsExactlyElementsOf(ErrorCatalog.read().stream()
                        .map(entry -> "| `%s` | %d | %s | %s |"
                                .formatted(entry.code(), entry.status(), entry.description(), entry.help()))
                        .toList());
    }
}
