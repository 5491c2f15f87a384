package dev.skein.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({
        "PT10S, 10 s",
        "PT0S, 0 s",
        "PT1M30S, 90 s",
        "PT5M, 5 m",
        "PT36H, 36 h",
        "P365D, 365 d",
        "PT0.1S, 100 ms",
        "PT1.5S, 1500 ms",
        "PT0.00025S, 250 us",
        "PT0.000000001S, 1 ns",
        "PT-10S, -10 s",
    })
    void isWrittenAsAConfigurationWritesIt(Duration duration, String text) {
        assertThat(DurationText.of(duration)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"PT0.1S, PT10M, 100 ms..10 m"})
    void aRangeHasBothEnds(Duration min, Duration max, String text) {
        assertThat(DurationText.range(min, max)).isEqualTo(text);
    }
}
