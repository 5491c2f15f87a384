package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.DeviceCredential;
import dev.skein.persistence.api.DeviceCredentialStore;
import dev.skein.persistence.jdbc.read.Reads;
import dev.skein.persistence.jdbc.sql.Keys;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * Credentials of devices in their table; written rarely, on the threads that read, each in a transaction of its own.
 */
record JdbcDeviceCredentialStore(Reads reads) implements DeviceCredentialStore {
    private static final String WHAT = "device credentials";
    private static final String SELECT = "SELECT instance, client_id, key_id, secret, owner, created_at, updated_at"
            + " FROM skein_device_credential WHERE ";
    private static final String OF_PREFIX = "instance = ? AND client_prefix >= ? AND client_id > ? AND client_id >= ?";

    @Override
    public CompletionStage<Optional<DeviceCredential>> ofKey(String instance, String keyId) {
        return reads.read(WHAT, connection -> {
            try (PreparedStatement statement = connection.prepareStatement(SELECT + "instance = ? AND key_id = ?")) {
                statement.setString(1, instance);
                statement.setString(2, keyId);
                return one(statement);
            }
        });
    }

    @Override
    public CompletionStage<Optional<DeviceCredential>> ofClient(String instance, String clientId) {
        return reads.read(WHAT, connection -> find(connection, Keys.hash(instance, clientId)));
    }

    private static Optional<DeviceCredential> find(Connection connection, UUID client) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SELECT + "client_hash = ?")) {
            statement.setObject(1, client);
            return one(statement);
        }
    }

    private static Optional<DeviceCredential> one(PreparedStatement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery()) {
            return result.next()
                    ? Optional.of(new DeviceCredential(
                            result.getString(1),
                            result.getString(2),
                            result.getString(3),
                            result.getString(4),
                            result.getString(5),
                            result.getLong(6),
                            result.getLong(7)))
                    : Optional.empty();
        }
    }

    @Override
    public CompletionStage<DeviceCredential> put(DeviceCredential credential) {
        UUID client = Keys.hash(credential.instance(), credential.clientId());
        return reads.read(WHAT, connection -> {
            if (!update(connection, client, credential)) {
                insert(connection, client, credential);
            }
            DeviceCredential kept = find(connection, client).orElse(credential);
            connection.commit();
            return kept;
        });
    }

    @Override
    public CompletionStage<Optional<DeviceCredential>> replace(DeviceCredential credential) {
        return reads.read(WHAT, connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("UPDATE skein_device_credential SET secret = ?,"
                            + " owner = ?, updated_at = ? WHERE client_hash = ? AND key_id = ?")) {
                statement.setString(1, credential.secret());
                statement.setString(2, credential.owner());
                statement.setLong(3, credential.updatedAt());
                statement.setObject(4, Keys.hash(credential.instance(), credential.clientId()));
                statement.setString(5, credential.keyId());
                boolean replaced = statement.executeUpdate() == 1;
                connection.commit();
                return replaced ? Optional.of(credential) : Optional.empty();
            }
        });
    }

    private static boolean update(Connection connection, UUID client, DeviceCredential credential) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("UPDATE skein_device_credential SET key_id = ?,"
                + " secret = ?, owner = ?, updated_at = ? WHERE client_hash = ?")) {
            statement.setString(1, credential.keyId());
            statement.setString(2, credential.secret());
            statement.setString(3, credential.owner());
            statement.setLong(4, credential.updatedAt());
            statement.setObject(5, client);
            return statement.executeUpdate() == 1;
        }
    }

    private static void insert(Connection connection, UUID client, DeviceCredential credential) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO skein_device_credential"
                + " (client_hash, instance, client_prefix, client_id, key_id, secret, owner, created_at, updated_at)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            statement.setObject(1, client);
            statement.setString(2, credential.instance());
            statement.setString(3, Keys.prefix(credential.clientId()));
            statement.setString(4, credential.clientId());
            statement.setString(5, credential.keyId());
            statement.setString(6, credential.secret());
            statement.setString(7, credential.owner());
            statement.setLong(8, credential.createdAt());
            statement.setLong(9, credential.updatedAt());
            statement.executeUpdate();
        }
    }

    @Override
    public CompletionStage<Boolean> remove(String instance, String clientId) {
        return reads.read(WHAT, connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("DELETE FROM skein_device_credential WHERE client_hash = ?")) {
                statement.setObject(1, Keys.hash(instance, clientId));
                boolean removed = statement.executeUpdate() == 1;
                connection.commit();
                return removed;
            }
        });
    }

    @Override
    public CompletionStage<List<String>> clientIds(String instance, String prefix, String after, int limit) {
        String from = Keys.prefix(prefix.compareTo(after) > 0 ? prefix : after);
        return reads.read(WHAT, connection -> {
            try (PreparedStatement statement = connection.prepareStatement("SELECT client_id FROM"
                    + " skein_device_credential WHERE " + OF_PREFIX
                    + " ORDER BY instance, client_prefix, client_id LIMIT ?")) {
                of(statement, instance, from, after, prefix);
                statement.setInt(5, limit);
                List<String> found = new ArrayList<>();
                try (ResultSet result = statement.executeQuery()) {
                    while (result.next() && result.getString(1).startsWith(prefix)) {
                        found.add(result.getString(1));
                    }
                }
                return List.copyOf(found);
            }
        });
    }

    @Override
    public CompletionStage<Long> count(String instance, String prefix) {
        return reads.read(WHAT, connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    "SELECT COUNT(*) FROM" + " skein_device_credential WHERE " + OF_PREFIX + " AND client_id < ?")) {
                of(statement, instance, Keys.prefix(prefix), "", prefix);
                statement.setString(5, prefix + Character.MAX_VALUE);
                try (ResultSet result = statement.executeQuery()) {
                    return result.next() ? result.getLong(1) : 0L;
                }
            }
        });
    }

    private static void of(PreparedStatement statement, String instance, String from, String after, String prefix)
            throws SQLException {
        statement.setString(1, instance);
        statement.setString(2, from);
        statement.setString(3, after);
        statement.setString(4, prefix);
    }
}
