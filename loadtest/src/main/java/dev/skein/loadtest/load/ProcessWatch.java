package dev.skein.loadtest.load;

import dev.skein.loadtest.process.ProcessProbe;

/** Follows one process through a run. Used by the run's own thread. */
public final class ProcessWatch {
    private final ProcessProbe probe;
    private long cpuAtStart;
    private long timeAtStart;
    private long cpu;
    private long time;
    private long peak;

    /** Follows a process from now on. */
    public ProcessWatch(ProcessProbe probe) {
        this.probe = probe;
        start();
        sample();
    }

    /** What reads the process. */
    public ProcessProbe probe() {
        return probe;
    }

    /** The measured time begins, or goes on. */
    public void start() {
        cpuAtStart = probe.cpuNanos();
        timeAtStart = System.nanoTime();
    }

    /** The measured time ends, or pauses. */
    public void end() {
        cpu += probe.cpuNanos() - cpuAtStart;
        time += System.nanoTime() - timeAtStart;
    }

    /** Looks at its memory now. */
    public void sample() {
        peak = Math.max(peak, probe.residentBytes());
    }

    /** What it used in the measured time. */
    public ProcessUse use() {
        sample();
        return new ProcessUse(cpu, time / 1e9, probe.residentBytes(), peak);
    }
}
