package dev.skein.node.control.rpc;

import dev.skein.node.control.ServiceApi;
import dev.skein.node.registry.AccessKey;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Says who has signed a request, by which of the two signatures {@code Authorization} tells: clients of the older one
 * send headers of the newer one, too. A request counts once, and for a quarter of an hour. Thread-safe.
 */
final class RpcDoor {
    private static final Duration WINDOW = Duration.ofMinutes(15);
    /** Of each access key; some 100 bytes for each. */
    private static final int NONCES_MAX = 200_000;

    private static final int NONCE_CHARS_MAX = 128;
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final List<String> MUST_BE_SIGNED = List.of(
            "host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256");

    private final InstanceViews views;
    private final InstantSource clock;
    private final Map<String, Nonces> nonces = new ConcurrentHashMap<>();

    /** Who asks, and what. */
    record Entered(RpcCaller caller, String action, String version, Map<String, String> parameters) {}

    RpcDoor(InstanceViews views, InstantSource clock) {
        this.views = views;
        this.clock = clock;
    }

    /**
     * Checks the signature.
     *
     * @throws RpcException when it is not right, or not known
     */
    Entered enter(ServiceApi.Request request) {
        int mark = request.target().indexOf('?');
        String path = mark < 0 ? request.target() : request.target().substring(0, mark);
        SortedMap<String, String> query =
                RpcText.parameters(mark < 0 ? "" : request.target().substring(mark + 1));
        TreeMap<String, String> all = new TreeMap<>(query);
        boolean form = header(request, "content-type").startsWith("application/x-www-form-urlencoded");
        (form ? RpcText.parameters(request.body()) : new TreeMap<String, String>()).forEach((name, value) -> {
            if (all.put(name, value) != null) {
                throw RpcException.bad("InvalidParameter." + name, name + ": in query and form (expected: once)");
            }
        });
        return header(request, "authorization").startsWith(RpcSignatures.ACS3)
                ? acs3(request, path, query, all)
                : version1(request, all);
    }

    private Entered version1(ServiceApi.Request request, SortedMap<String, String> all) {
        String method = all.getOrDefault("SignatureMethod", "HMAC-SHA1");
        if (!method.equals("HMAC-SHA1")) {
            throw RpcException.bad(
                    "InvalidSignatureMethod", "SignatureMethod: %s (expected: HMAC-SHA1)".formatted(method));
        }
        String keyId = mandatory(all, "AccessKeyId");
        String signature = mandatory(all, "Signature");
        String nonce = mandatory(all, "SignatureNonce");
        long time = time(mandatory(all, "Timestamp"));
        SortedMap<String, AccessKey> known = known(keyId);
        String text = RpcSignatures.version1(request.method(), all);
        RpcCaller caller = caller(
                keyId,
                known,
                request.address(),
                secret -> RpcSignatures.same(RpcSignatures.signVersion1(secret, text), signature),
                text);
        use(keyId, nonce, time);
        return new Entered(caller, mandatory(all, "Action"), mandatory(all, "Version"), all);
    }

    private Entered acs3(
            ServiceApi.Request request, String path, SortedMap<String, String> query, SortedMap<String, String> all) {
        Map<String, String> parts = authorization(header(request, "authorization"));
        String keyId = mandatory(parts, "Credential");
        String signature = mandatory(parts, "Signature").toLowerCase(Locale.ROOT);
        List<String> signed = List.of(mandatory(parts, "SignedHeaders").split(";", -1));
        for (String name : MUST_BE_SIGNED) {
            if (!signed.contains(name)) {
                throw RpcException.bad(
                        "IncompleteSignature", "SignedHeaders: without %s (expected: it)".formatted(name));
            }
        }
        String hash = RpcSignatures.bodyHash(request.body());
        if (!RpcSignatures.same(hash, header(request, "x-acs-content-sha256").toLowerCase(Locale.ROOT))) {
            throw RpcException.bad(
                    "SignatureDoesNotMatch", "x-acs-content-sha256: not that of the body (expected: " + hash + ")");
        }
        long time = time(header(request, "x-acs-date"));
        SortedMap<String, AccessKey> known = known(keyId);
        String text = RpcSignatures.acs3(request.method(), path, query, request.headers(), signed, hash);
        RpcCaller caller = caller(
                keyId,
                known,
                request.address(),
                secret -> RpcSignatures.same(RpcSignatures.signAcs3(secret, text), signature),
                text);
        use(keyId, header(request, "x-acs-signature-nonce"), time);
        return new Entered(caller, header(request, "x-acs-action"), header(request, "x-acs-version"), all);
    }

    private static Map<String, String> authorization(String header) {
        Map<String, String> parts = new HashMap<>();
        for (String part : header.substring(RpcSignatures.ACS3.length()).split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                parts.put(
                        part.substring(0, equals).strip(),
                        part.substring(equals + 1).strip());
            }
        }
        return parts;
    }

    /** Keys of that id, by instance. Asked before anything is signed: that costs more than to look. */
    private SortedMap<String, AccessKey> known(String keyId) {
        SortedMap<String, AccessKey> known = new TreeMap<>();
        for (InstanceView view : views.all()) {
            AccessKey key = view.accessKey(keyId);
            if (key != null) {
                known.put(view.id(), key);
            }
        }
        if (known.isEmpty()) {
            throw RpcException.notFound("InvalidAccessKeyId.NotFound", "Specified access key is not found.");
        }
        return known;
    }

    /** A key that lists client IDs is for devices with these, and not for what its whole instance may. */
    static boolean mayCall(AccessKey key) {
        return key.clientIds().isEmpty();
    }

    /** Instances may have keys of the same id: the secret tells which of them are meant. */
    private static RpcCaller caller(
            String keyId, SortedMap<String, AccessKey> known, String address, Predicate<String> signs, String text) {
        Map<String, Boolean> right = new HashMap<>();
        SortedMap<String, AccessKey> keys = new TreeMap<>(known);
        keys.values().removeIf(key -> !right.computeIfAbsent(key.secret().value(), signs::test));
        if (keys.isEmpty()) {
            throw RpcException.bad(
                    "SignatureDoesNotMatch",
                    "Specified signature is not matched with our calculation. server string to sign is:" + text);
        }
        keys.values().removeIf(key -> !mayCall(key));
        if (keys.isEmpty()) {
            throw new RpcException(
                    FORBIDDEN, "Forbidden.RAM", "AccessKeyId: its client-ids bind it to devices (expected: none)");
        }
        return new RpcCaller(keyId, List.copyOf(keys.keySet()), address);
    }

    private long time(String text) {
        long time;
        try {
            time = Instant.parse(text).toEpochMilli();
        } catch (DateTimeParseException e) {
            throw RpcException.bad(
                    "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.");
        }
        if (Math.abs(clock.millis() - time) > WINDOW.toMillis()) {
            throw expired();
        }
        return time;
    }

    private static RpcException expired() {
        return RpcException.bad("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.");
    }

    /** Only what is signed uses up a nonce. */
    private void use(String keyId, String nonce, long time) {
        if (nonce.isEmpty() || nonce.length() > NONCE_CHARS_MAX) {
            throw RpcException.bad(
                    "InvalidSignatureNonce",
                    "SignatureNonce: %d characters (expected: 1..%d)".formatted(nonce.length(), NONCE_CHARS_MAX));
        }
        Nonces own = nonces.get(keyId);
        if (own == null) {
            nonces.keySet().removeIf(id -> views.all().stream().allMatch(view -> view.accessKey(id) == null));
            own = nonces.computeIfAbsent(keyId, _ -> new Nonces(NONCES_MAX, WINDOW.toMillis()));
        }
        switch (own.use(nonce, time, clock.millis())) {
            case NEW -> {}
            case USED -> throw RpcException.bad("SignatureNonceUsed", "Specified signature nonce was used already.");
            case TOO_OLD -> throw expired();
            case TOO_MANY ->
                throw new RpcException(
                        TOO_MANY_REQUESTS, "Throttling.User", "Request was denied due to user flow control.");
        }
    }

    private static String header(ServiceApi.Request request, String name) {
        return request.headers().getOrDefault(name, "");
    }

    private static String mandatory(Map<String, String> from, String name) {
        String value = from.getOrDefault(name, "");
        if (value.isEmpty()) {
            throw RpcException.bad("Missing" + name, name + " is mandatory for this action.");
        }
        return value;
    }
}
