package dev.skein.loadtest.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessProbeTest {
    private final Path proc;
    private final Path process;

    ProcessProbeTest(@TempDir Path proc) {
        this.proc = proc;
        this.process = proc.resolve("42");
    }

    @BeforeEach
    void writeProcess() throws IOException {
        Files.createDirectories(process);
        Files.writeString(
                process.resolve("stat"), "42 (a b) c) S 1 42 42 0 -1 4194560 900 0 0 0 250 50 0 0 20 0 1 0 99\n");
        Files.writeString(process.resolve("status"), "Name:\ta b\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n");
    }

    @Test
    void cpuTimeIsUserAndSystemTime() {
        assertThat(ProcessProbe.of(proc, 42).cpuNanos()).isEqualTo(3_000_000_000L);
    }

    @Test
    void residentMemoryComesFromStatusAndExactlyFromTheRollup() throws IOException {
        ProcessProbe probe = ProcessProbe.of(proc, 42);
        assertThat(probe.residentBytes()).isEqualTo(1024 * 1024);
        assertThat(probe.peakBytes()).isEqualTo(2048 * 1024);
        assertThat(probe.exactResidentBytes()).isEqualTo(1024 * 1024);

        Files.writeString(process.resolve("smaps_rollup"), "00-ff ---p 00000000 00:00 0 [rollup]\nRss:   1000 kB\n");
        assertThat(probe.exactResidentBytes()).isEqualTo(1000 * 1024);
    }

    @Test
    void processThatEndedReadsAsZero() throws IOException {
        ProcessProbe probe = ProcessProbe.of(proc, 42);
        Files.delete(process.resolve("stat"));
        Files.delete(process.resolve("status"));

        assertThat(probe.cpuNanos()).isZero();
        assertThat(probe.residentBytes()).isZero();
    }

    @Test
    void processThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> ProcessProbe.of(proc, 7)).hasMessageStartingWith("pid: 7 (expected: ");
    }
}
