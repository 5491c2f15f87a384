package dev.skein.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeapSharesTest {
    private static final long HEAP = 256L << 20;

    private static List<String> problems(String settings) {
        Config skein = ConfigFactory.parseString(settings)
                .withFallback(ConfigFactory.parseResources("reference.conf").getConfig("skein"))
                .resolve();
        return HeapShares.problems(skein, HEAP);
    }

    @ParameterizedTest
    @CsvSource({
        "edge.memory-max, 1GiB, 128MiB",
        "edge.memory-max, 134217729, 128MiB",
        "storage.max-pending-bytes, 65MiB, 64MiB"
    })
    void boundThatDoesNotFitTheHeapIsNamedWithWhatFits(String key, String value, String fits) {
        assertThat(problems(key + " = " + value))
                .singleElement()
                .satisfies(problem -> assertThat(problem)
                        .startsWith("skein." + key + ": " + value + " (expected: auto, or at most " + fits + ": ")
                        .endsWith("of the heap, which -Xmx sets)"));
        assertThat(problems(key + " = " + fits)).isEmpty();
        assertThat(problems(key + " = auto")).isEmpty();
    }

    @Test
    void eachIsTold() {
        assertThat(problems("edge.memory-max = 1GiB, storage.max-pending-bytes = 1GiB"))
                .hasSize(2);
    }
}
