package dev.skein.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loadtest.load.Latency;
import dev.skein.loadtest.load.Sample;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
    private static final Sample SECOND = new Sample(
            3,
            1,
            "measuring",
            1000,
            2000,
            0,
            new Latency(2000, 1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000),
            7,
            1,
            new Sample.ProcessPoint(0.5, 100 << 20),
            new Sample.ProcessPoint(0.25, 50 << 20));

    private final StringWriter text = new StringWriter();

    private ConsoleProgress progress(boolean terminal, boolean blocks) {
        return new ConsoleProgress(new PrintWriter(text), terminal, blocks);
    }

    private static void showHalf(ConsoleProgress progress) {
        progress.begins();
        progress.second(SECOND, new Histogram(3));
        progress.messages("measuring", 5, 10);
    }

    @Test
    void terminalShowsABarAndEveryFigure() {
        showHalf(progress(true, true));

        assertThat(text.toString())
                .contains(
                        "█".repeat(20), "50 %", "5 of 10 s", "in 1,000/s   out 2,000/s", "p50 1.00", "p99 3.00", "7 up")
                .containsPattern("errors.*1")
                .contains("0.50 cores   100.0 MiB resident");
    }

    @Test
    void nextPictureReplacesTheLastAndTheEndLeavesNothing() {
        ConsoleProgress progress = progress(true, true);
        showHalf(progress);
        long lines = text.toString().lines().count();
        progress.messages("measuring", 6, 10);
        progress.done();

        assertThat(text.toString()).contains("\u001B[" + lines + "A\r\u001B[J").endsWith("\u001B[J");
    }

    @Test
    void terminalWithoutBlocksGetsPlainCharacters() {
        showHalf(progress(true, false));

        assertThat(text.toString()).contains("#".repeat(20)).doesNotContain("█", "▁");
    }

    @Test
    void withoutATerminalThereIsOneLineASecond() {
        showHalf(progress(false, true));

        assertThat(text.toString().lines()).hasSize(1);
        assertThat(text.toString())
                .contains("5/10 s", "connections 7, errors 1")
                .doesNotContain("\u001B");
    }
}
