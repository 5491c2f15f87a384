package dev.skein.protocol.apsara;

import dev.skein.protocol.wire.FailureText;
import org.jspecify.annotations.Nullable;

/**
 * A client ID of apsara mode: {@code <GroupID>@@@<DeviceID>}.
 *
 * @param groupId the group, see {@link GroupIds}
 * @param deviceId the device within the group: letters, digits, {@code -} and {@code _}, at least one
 */
public record ApsaraClientId(String groupId, String deviceId) {
    /** What stands between group and device. */
    public static final String SEPARATOR = "@@@";

    /** Longest client ID that the service documents, in characters. */
    public static final int MAX_LENGTH = 64;

    /** Checks both parts, but not the length of the whole, whose limit is a setting. */
    public ApsaraClientId {
        String violation = GroupIds.violation(groupId);
        if (violation == null) {
            violation = deviceViolation(deviceId);
        }
        if (violation != null) {
            throw new IllegalArgumentException(violation);
        }
    }

    /**
     * Splits a client ID at its first {@code @@@}. Does not limit the length of the whole.
     *
     * @throws IllegalArgumentException when it has not this form
     */
    public static ApsaraClientId parse(String clientId) {
        int separator = clientId.indexOf(SEPARATOR);
        if (separator < 0) {
            throw new IllegalArgumentException(formViolation(clientId));
        }
        return new ApsaraClientId(clientId.substring(0, separator), clientId.substring(separator + SEPARATOR.length()));
    }

    /**
     * What is wrong with a client ID.
     *
     * @param maxLength longest whole client ID, in characters
     * @return null when it is valid, else a text with the offending value and what was expected
     */
    public static @Nullable String violation(String clientId, int maxLength) {
        if (clientId.length() > maxLength) {
            return FailureText.of("clientId", clientId, "<= " + maxLength + " characters");
        }
        int separator = clientId.indexOf(SEPARATOR);
        if (separator < 0) {
            return formViolation(clientId);
        }
        String violation = GroupIds.violation(clientId.substring(0, separator));
        return violation != null ? violation : deviceViolation(clientId.substring(separator + SEPARATOR.length()));
    }

    /** The client ID as the client sends it. */
    @Override
    public String toString() {
        return groupId + SEPARATOR + deviceId;
    }

    private static @Nullable String deviceViolation(String deviceId) {
        return !deviceId.isEmpty() && Words.onlyWordCharacters(deviceId)
                ? null
                : FailureText.of("deviceId", deviceId, "one or more " + Words.CHARACTERS);
    }

    private static String formViolation(String clientId) {
        return FailureText.of("clientId", clientId, "<GroupID>@@@<DeviceID>");
    }
}
