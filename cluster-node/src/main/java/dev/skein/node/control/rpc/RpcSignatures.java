package dev.skein.node.control.rpc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.protocol.apsara.Signatures;
import dev.skein.protocol.wire.Hmac;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Both signatures of requests: what is signed, and how. Pure. */
final class RpcSignatures {
    /** How an ACS3 signature begins. */
    static final String ACS3 = "ACS3-HMAC-SHA256";

    private RpcSignatures() {}

    /** What version 1 signs: the method and all parameters but the signature. */
    static String version1(String method, Map<String, String> parameters) {
        TreeMap<String, String> signed = new TreeMap<>(parameters);
        signed.remove("Signature");
        return method + "&%2F&" + RpcText.encode(RpcText.canonical(signed));
    }

    /** Version 1: Base64 of HMAC-SHA1. */
    static String signVersion1(String secret, String text) {
        return Signatures.sign(secret + "&", text);
    }

    /**
     * What ACS3 signs.
     *
     * @param query parameters of the query alone
     * @param headers by names in lower case
     * @param signedHeaders their names, in the order in which the request lists them
     * @param bodyHash SHA-256 of the body in hexadecimal
     */
    static String acs3(
            String method,
            String path,
            SortedMap<String, String> query,
            Map<String, String> headers,
            List<String> signedHeaders,
            String bodyHash) {
        StringBuilder text = new StringBuilder();
        text.append(method)
                .append('\n')
                .append(path)
                .append('\n')
                .append(RpcText.canonical(query))
                .append('\n');
        for (String name : signedHeaders) {
            text.append(name)
                    .append(':')
                    .append(headers.getOrDefault(name, "").strip())
                    .append('\n');
        }
        text.append('\n').append(String.join(";", signedHeaders)).append('\n').append(bodyHash);
        return ACS3 + "\n" + sha256(text.toString().getBytes(UTF_8));
    }

    /** ACS3: HMAC-SHA256 in hexadecimal. */
    static String signAcs3(String secret, String text) {
        return HexFormat.of().formatHex(Hmac.of(Hmac.SHA256, secret.getBytes(UTF_8), text.getBytes(UTF_8)));
    }

    /** SHA-256 of a body, whose bytes are characters of ISO 8859-1, in hexadecimal. */
    static String bodyHash(String body) {
        return sha256(body.getBytes(ISO_8859_1));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256: not available (expected: part of every JDK)", e);
        }
    }

    /** In time that does not tell how much of it is right. */
    static boolean same(String right, String given) {
        return MessageDigest.isEqual(right.getBytes(UTF_8), given.getBytes(UTF_8));
    }
}
