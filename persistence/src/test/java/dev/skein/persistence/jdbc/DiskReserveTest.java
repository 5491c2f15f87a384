package dev.skein.persistence.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.DiskReserve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskReserveTest {
    @TempDir
    private Path directory;

    private DiskReserve reserve(long bytes) {
        return JdbcStores.diskReserve(JdbcStores.h2Url(directory), bytes).orElseThrow();
    }

    @Test
    void moreThanThereIsIsAnAlarmThatNamesTheSetting() {
        DiskReserve reserve = reserve(Long.MAX_VALUE / 4);
        assertThat(reserve.look()).contains("skein.storage.disk-reserve").contains(directory.toString());
        assertThat(reserve.isLow()).isTrue();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void withRoomThereIsASpareFileAndNoAlarm() {
        DiskReserve reserve = reserve(1);
        assertThat(reserve.look()).isNull();
        assertThat(directory.resolve("skein.spare")).hasSize(2 << 20);
        assertThat(reserve.free()).isPositive();
        assertThat(reserve.mark()).isOne();
    }

    @Test
    void zeroIsNoReserve() {
        assertThat(reserve(0).look()).isNull();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aPartOfTheFileSystemIsTheDefault() throws IOException {
        DiskReserve reserve = reserve(-1);
        reserve.look();
        assertThat(reserve.mark())
                .isEqualTo(Math.min(256L << 20, Files.getFileStore(directory).getTotalSpace() / 20));
    }

    @Test
    void anotherDatabaseHasNone() {
        assertThat(JdbcStores.diskReserve("jdbc:postgresql://127.0.0.1/skein", -1))
                .isEmpty();
    }
}
