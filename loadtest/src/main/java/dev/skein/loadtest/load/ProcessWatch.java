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
    private long resident;
    private long sampledCpu;
    private long sampledAt;
    private double cores;

    ProcessWatch(ProcessProbe probe) {
        this.probe = probe;
        start();
        resident = probe.residentBytes();
        peak = resident;
        sampledCpu = cpuAtStart;
        sampledAt = timeAtStart;
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

    /** Ends one {@link #point} and begins the next. */
    void sample() {
        resident = probe.residentBytes();
        peak = Math.max(peak, resident);
        long cpuNow = probe.cpuNanos();
        long now = System.nanoTime();
        cores = now == sampledAt ? 0 : Math.max(0, cpuNow - sampledCpu) / (double) (now - sampledAt);
        sampledCpu = cpuNow;
        sampledAt = now;
    }

    /** The time between the last two samples. */
    Sample.ProcessPoint point() {
        return new Sample.ProcessPoint(cores, resident);
    }

    ProcessUse use() {
        long now = probe.residentBytes();
        return new ProcessUse(cpu, time / 1e9, now, Math.max(peak, now));
    }
}
