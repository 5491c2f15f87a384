package dev.skein.persistence.jdbc;

import dev.skein.persistence.schema.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Settings of the database under which a commit can be lost. */
final class Durability {
    private Durability() {}

    /** What is wrong, in words; empty when nothing is, and for H2. */
    static List<String> warnings(Connection connection, Database database) throws SQLException {
        List<String> warnings = new ArrayList<>();
        if (database == Database.POSTGRESQL) {
            warn(connection, "synchronous_commit", "a crash of the database loses acknowledged messages", warnings);
            warn(connection, "fsync", "a power cut loses acknowledged messages and can break the database", warnings);
        }
        return warnings;
    }

    private static void warn(Connection connection, String setting, String what, List<String> warnings)
            throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SHOW " + setting)) {
            result.next();
            if (result.getString(1).equals("off")) {
                warnings.add(setting + ": off (expected: on); " + what);
            }
        }
    }
}
