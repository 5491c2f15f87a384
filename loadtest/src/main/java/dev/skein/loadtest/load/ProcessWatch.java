package dev.skein.loadtest.load;

import dev.skein.loadtest.process.ProcessProbe;

/** Follows one process through a run. Used by the run's own thread. */
final class ProcessWatch {
    private final ProcessProbe probe;
    private long cpuAtStart;
    private long timeAtStart;
    private long cpu;
    private long time;
    private long peak;

    ProcessWatch(ProcessProbe probe) {
        this.probe = probe;
        start();
        sample();
    }

    ProcessProbe probe() {
        return probe;
    }

    /** The measured time begins. */
    void start() {
        cpuAtStart = probe.cpuNanos();
        timeAtStart = System.nanoTime();
        cpu = 0;
        time = 0;
    }

    /** The measured time ends. */
    void end() {
        cpu = probe.cpuNanos() - cpuAtStart;
        time = System.nanoTime() - timeAtStart;
    }

    void sample() {
        peak = Math.max(peak, probe.residentBytes());
    }

    ProcessUse use() {
        sample();
        return new ProcessUse(cpu, time / 1e9, probe.residentBytes(), peak);
    }
}
