package dev.skein.loadtest.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** Reads CPU time and resident memory of one Linux process. Figures of a process that is gone are 0. */
public final class ProcessProbe {
    /** USER_HZ, which is 100 on every Linux that a JVM runs on. */
    private static final long NANOS_PER_TICK = 10_000_000;

    private static final int UTIME_AFTER_NAME = 11;
    private static final int STIME_AFTER_NAME = 12;

    private final Path directory;

    private ProcessProbe(Path directory) {
        this.directory = directory;
    }

    /** The probe of a process; refused when there is no such process to read. */
    public static ProcessProbe of(long pid) {
        return of(Path.of("/proc"), pid);
    }

    static ProcessProbe of(Path proc, long pid) {
        Path directory = proc.resolve(Long.toString(pid));
        if (!Files.isReadable(directory.resolve("stat"))) {
            throw new IllegalArgumentException("pid: " + pid + " (expected: a process on this machine, with /proc)");
        }
        return new ProcessProbe(directory);
    }

    /** This process. */
    public static ProcessProbe self() {
        return new ProcessProbe(Path.of("/proc/self"));
    }

    /** User and system time so far of all threads, nanoseconds, in steps of 10 ms. */
    public long cpuNanos() {
        try {
            String stat = Files.readString(directory.resolve("stat"));
            // the name in parentheses may hold spaces
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(fields[UTIME_AFTER_NAME]) + Long.parseLong(fields[STIME_AFTER_NAME]))
                    * NANOS_PER_TICK;
        } catch (IOException gone) {
            return 0;
        }
    }

    /** Resident bytes now, cheap to read (VmRSS). */
    public long residentBytes() {
        return field("status", "VmRSS:").orElse(0);
    }

    /** Resident bytes now, exact where the kernel and our rights allow it (smaps_rollup), else VmRSS. */
    public long exactResidentBytes() {
        return field("smaps_rollup", "Rss:").orElseGet(this::residentBytes);
    }

    /** The most resident bytes since the process began (VmHWM). */
    public long peakBytes() {
        return field("status", "VmHWM:").orElse(0);
    }

    private OptionalLong field(String file, String name) {
        try {
            List<String> lines = Files.readAllLines(directory.resolve(file));
            for (String line : lines) {
                if (line.startsWith(name)) {
                    String kilobytes =
                            line.substring(name.length()).replace("kB", "").trim();
                    return OptionalLong.of(Long.parseLong(kilobytes) * 1024);
                }
            }
            return OptionalLong.empty();
        } catch (IOException gone) {
            return OptionalLong.empty();
        }
    }
}
