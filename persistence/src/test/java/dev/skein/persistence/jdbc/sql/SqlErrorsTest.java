package dev.skein.persistence.jdbc.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlErrorsTest {
    @ParameterizedTest
    @CsvSource({
        "28P01, true, false", // wrong password
        "28000, true, false", // no entry in pg_hba.conf
        "08004, true, false", // a password is asked for, and none is set
        "3D000, false, false", // no such database
        "08001, false, true", // refused connection
        "57P03, false, true", // starting
        "53300, false, true", // no connection left
    })
    void answersOfPostgresqlAreToldFromSilence(String state, boolean refused, boolean away) {
        SQLException failure = new SQLException("x", state);
        assertThat(SqlErrors.refusesLogin(failure)).isEqualTo(refused);
        assertThat(SqlErrors.isAway(failure)).isEqualTo(away);
        assertThat(SqlErrors.lacksDatabase(failure)).isEqualTo(state.equals("3D000"));
    }

    @ParameterizedTest
    @CsvSource({
        "22001, '', true", // a value that is too long
        "23505, '', true",
        "90112, '', true", // H2: a damaged row
        "23505, 22001, true",
        "23505, 25P02, true", // what came after it in the same transaction
        "23505, 90028, false", // and a disk that fails
        "90028, 23505, false",
        "08006, '', false",
        "HY000, '', false",
    })
    void whatABatchIsRefusedForAloneIsItsOwnFault(String first, String second, boolean refused) {
        SQLException failure = new SQLException("x", first);
        if (!second.isEmpty()) {
            failure.setNextException(new SQLException("y", second));
        }
        assertThat(SqlErrors.refusesData(failure)).isEqualTo(refused);
    }
}
