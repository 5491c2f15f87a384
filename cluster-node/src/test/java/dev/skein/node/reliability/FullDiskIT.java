package dev.skein.node.reliability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The disk is full: nothing is acknowledged, and everybody who asks is told; there is room again, and it goes on. */
@Tag("mostly-waiting")
class FullDiskIT {
    /** Enough that it is not full again a moment after it was given its room back. */
    private static final String DISK = "120m";

    private static final long ROOM = 20 << 20;
    private static final long RESERVE = 50 << 20;
    private static final int BODY = 4096;

    @Test
    void nothingIsAcknowledgedWhileTheDiskIsFullAndNothingAcknowledgedIsLost()
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Path all = Files.createDirectories(Path.of("target", "reliability").toAbsolutePath());
        Path home = Files.createTempDirectory(all, "disk-");
        try (SmallDisk disk = SmallDisk.at(home.resolve("disk"), DISK)) {
            disk.leave(ROOM);
            Path data = disk.path().resolve("data");
            try (SkeinProcess process = SkeinProcess.in(home, data, "-Xmx256m", "skein.storage.disk-reserve=0")
                            .start();
                    FullDiskRun run = new FullDiskRun(process, BODY, 2)) {
                run.play(disk::giveBack);
                run.requireAll(1);
                process.kill();
                process.start();
                run.requireAll(2);
            }
        }
        SkeinProcess.delete(home);
    }

    /** With a reserve nothing fails: publishers wait, and all else goes on. */
    @Test
    void publishersWaitAtTheReserveWhileOthersReadAndANodeStarts()
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Path all = Files.createDirectories(Path.of("target", "reliability").toAbsolutePath());
        Path home = Files.createTempDirectory(all, "reserve-");
        try (SmallDisk disk = SmallDisk.at(home.resolve("disk"), DISK)) {
            disk.leave(RESERVE + ROOM);
            Path data = disk.path().resolve("data");
            try (SkeinProcess process = SkeinProcess.in(home, data, "-Xmx256m", "skein.storage.disk-reserve=" + RESERVE)
                            .start();
                    FullDiskRun run = new FullDiskRun(process, BODY, 3)) {
                run.playReserve(disk::giveBack);
                run.requireAll(1);
                run.requireAll(2);
            }
        }
        SkeinProcess.delete(home);
    }
}
