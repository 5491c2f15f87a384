package dev.skein.node.auth;

import dev.skein.node.registry.User;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which passwords were found right, so that a fleet that reconnects is not hashed again, and which were found
 * wrong, so that a device with an old password costs no hash each time. Thread-safe.
 *
 * <p>What is kept is an HMAC under a random key of this process, over the stored hash too: with another password hash
 * an entry no longer fits.
 */
final class VerifiedCredentials {
    private static final String HMAC = "HmacSHA256";
    private static final int KEY_BYTES = 32;

    private final SecretKeySpec key;
    private final Map<Fingerprint, Boolean> known;
    private final Map<Fingerprint, Boolean> wrong; // on its own: guesses must not push out what is right

    /** @param credentials 0 remembers nothing */
    VerifiedCredentials(int credentials, SecureRandom random) {
        byte[] bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        this.key = new SecretKeySpec(bytes, HMAC);
        this.known = new Recent(credentials * 2L); // each with and without its address
        this.wrong = new Recent(credentials);
    }

    /** Whether {@code password} was found right before. */
    boolean contains(String instance, User user, byte[] password) {
        return has(fingerprint(instance, user, password, null));
    }

    /** Whether {@code password} was found right before, when it came from {@code address}. */
    boolean containsFrom(String instance, User user, byte[] password, InetAddress address) {
        return has(fingerprint(instance, user, password, address));
    }

    /** Remembers that {@code password} is right. */
    void add(String instance, User user, byte[] password, InetAddress address) {
        Fingerprint anywhere = fingerprint(instance, user, password, null);
        Fingerprint here = fingerprint(instance, user, password, address);
        synchronized (known) {
            known.put(anywhere, true);
            known.put(here, true);
        }
    }

    /** Whether {@code password} was found wrong before; {@code user} is null when there is none of that name. */
    boolean isWrong(String instance, String name, @Nullable User user, byte[] password) {
        Fingerprint fingerprint = fingerprint(instance, name, user, password, null);
        synchronized (wrong) {
            return wrong.get(fingerprint) != null;
        }
    }

    /** Remembers that {@code password} is wrong; returns whether that is news. */
    boolean addWrong(String instance, String name, @Nullable User user, byte[] password) {
        Fingerprint fingerprint = fingerprint(instance, name, user, password, null);
        synchronized (wrong) {
            return wrong.put(fingerprint, true) == null;
        }
    }

    private boolean has(Fingerprint fingerprint) {
        synchronized (known) {
            return known.get(fingerprint) != null; // get, so that what is used stays
        }
    }

    private Fingerprint fingerprint(String instance, User user, byte[] password, @Nullable InetAddress address) {
        return fingerprint(instance, user.name(), user, password, address);
    }

    private Fingerprint fingerprint(
            String instance, String name, @Nullable User user, byte[] password, @Nullable InetAddress address) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            update(mac, instance.getBytes(StandardCharsets.UTF_8));
            update(mac, name.getBytes(StandardCharsets.UTF_8));
            String hash = user == null ? "" : user.passwordHash().value();
            update(mac, hash.getBytes(StandardCharsets.UTF_8));
            update(mac, password);
            update(mac, address == null ? new byte[0] : address.getAddress());
            ByteBuffer out = ByteBuffer.wrap(mac.doFinal());
            return new Fingerprint(out.getLong(), out.getLong());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is missing (expected: every JDK has it)", e);
        }
    }

    private static void update(Mac mac, byte[] part) {
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).flip());
        mac.update(part);
    }

    private record Fingerprint(long high, long low) {}

    private static final class Recent extends LinkedHashMap<Fingerprint, Boolean> {
        private final long max;

        Recent(long max) {
            super(16, 0.75f, true);
            this.max = max;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Fingerprint, Boolean> eldest) {
            return size() > max;
        }
    }
}
