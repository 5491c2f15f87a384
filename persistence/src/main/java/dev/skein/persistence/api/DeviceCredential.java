package dev.skein.persistence.api;

/**
 * The credential of one device.
 *
 * @param instance the instance it belongs to
 * @param clientId the only client ID that may use it
 * @param keyId by which the device names it; unique in the instance
 * @param secret signs the client ID
 * @param owner to whom the device's sessions belong, such as {@code account:acme}
 * @param createdAt milliseconds since 1970
 * @param updatedAt the same, of its newest secret
 */
public record DeviceCredential(
        String instance, String clientId, String keyId, String secret, String owner, long createdAt, long updatedAt) {
    /** Without the secret. */
    @Override
    public String toString() {
        return "DeviceCredential[" + instance + "|" + clientId + ", " + keyId + "]";
    }
}
