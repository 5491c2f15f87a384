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
    private long resident;
    private long sampledCpu;
    private long sampledAt;
    private double cores;

    /** Follows a process from now on. */
    public ProcessWatch(ProcessProbe probe) {
        this.probe = probe;
        start();
        resident = probe.residentBytes();
        peak = resident;
        sampledCpu = cpuAtStart;
        sampledAt = timeAtStart;
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

    /** Ends one {@link #point} and begins the next. */
    public void sample() {
        resident = probe.residentBytes();
        peak = Math.max(peak, resident);
        long cpuNow = probe.cpuNanos();
        long now = System.nanoTime();
        cores = now == sampledAt ? 0 : Math.max(0, cpuNow - sampledCpu) / (double) (now - sampledAt);
        sampledCpu = cpuNow;
        sampledAt = now;
    }

    /** The time between the last two samples. */
    public Sample.ProcessPoint point() {
        return new Sample.ProcessPoint(cores, resident);
    }

    /** What it used in the measured time. */
    public ProcessUse use() {
        long now = probe.residentBytes();
        return new ProcessUse(cpu, time / 1e9, now, Math.max(peak, now));
    }
}
