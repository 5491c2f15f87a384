package dev.skein.node.control;

/**
 * An access key that was made.
 *
 * @param id its id
 * @param secret shown once
 */
public record NewAccessKey(String id, String secret) {
    /** Without the secret. */
    @Override
    public String toString() {
        return "NewAccessKey[" + id + "]";
    }
}
