package dev.skein.node.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.PasswordHashFormat;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What users without a SCRAM secret, and users that do not exist, are shown in place of one, so that nobody learns who
 * they are: the same each time for a name, on every node, and like those of the instance's users. The key that makes it
 * so is drawn from the secrets of all of them, so that none of them knows it; where there are none there is nothing to
 * learn, and it is the node's own. Thread-safe.
 */
final class ScramDecoys {
    private static final int SALT_BYTES = 16;

    private final byte[] own = new byte[ScramSecret.KEY_BYTES];
    private final ConcurrentMap<String, Looks> looks = new ConcurrentHashMap<>();

    /** What can be seen of a secret. */
    private record Form(int iterations, int saltBytes) {}

    /** Of one state of an instance; {@code forms} of its users, in any case one. */
    private record Looks(InstanceView view, SecretKeySpec key, List<Form> forms) {}

    ScramDecoys(SecureRandom random) {
        random.nextBytes(own);
    }

    /** That of user {@code name}; {@code view} is null when the instance is not known. */
    ScramSecret of(String instance, String name, @Nullable InstanceView view) {
        if (view == null) {
            return secret(own, List.of(new Form(PasswordHashFormat.ITERATIONS_MIN, SALT_BYTES)), name);
        }
        Looks current =
                Objects.requireNonNull(looks.compute(instance, (_, known) -> isOf(known, view) ? known : looks(view)));
        return secret(current.key().getEncoded(), current.forms(), name);
    }

    @SuppressWarnings("ReferenceEquality") // each state of an instance is one object
    private static boolean isOf(@Nullable Looks known, InstanceView view) {
        return known != null && known.view() == view;
    }

    private Looks looks(InstanceView view) {
        List<String> hashes = view.users().values().stream()
                .map(user -> user.passwordHash().value())
                .filter(hash -> hash.startsWith(PasswordHashFormat.SCRAM))
                .sorted()
                .toList();
        if (hashes.isEmpty()) {
            Form usual = new Form(PasswordHashFormat.ITERATIONS_MIN, SALT_BYTES);
            return new Looks(view, new SecretKeySpec(own, "HmacSHA256"), List.of(usual));
        }
        byte[] key = ScramSecret.digest((view.id() + "\n" + String.join("\n", hashes)).getBytes(UTF_8));
        List<Form> forms = hashes.stream()
                .map(ScramSecret::parse)
                .map(secret -> new Form(secret.iterations(), secret.saltBytes()))
                .toList();
        return new Looks(view, new SecretKeySpec(key, "HmacSHA256"), forms);
    }

    private static ScramSecret secret(byte[] key, List<Form> forms, String name) {
        byte[] salt = ScramSecret.hmac(key, ("salt " + name).getBytes(UTF_8));
        byte[] more = ScramSecret.hmac(key, ("more salt " + name).getBytes(UTF_8));
        byte[] chosen = ScramSecret.hmac(key, ("form " + name).getBytes(UTF_8));
        Form form = forms.get(Math.floorMod(ByteBuffer.wrap(chosen).getInt(), forms.size()));
        byte[] both = ByteBuffer.allocate(salt.length + more.length)
                .put(salt)
                .put(more)
                .array();
        // Nobody knows what these keys were made of: no proof fits.
        return new ScramSecret(form.iterations(), Arrays.copyOf(both, form.saltBytes()), chosen, more);
    }
}
