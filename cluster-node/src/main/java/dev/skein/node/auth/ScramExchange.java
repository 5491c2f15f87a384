package dev.skein.node.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The server's half of one exchange of SCRAM-SHA-256 without channel binding (RFC 5802, RFC 7677): the client's first
 * message, {@link #challenge}, the client's final message, {@link #isProven}, {@link #verifier}.
 */
final class ScramExchange {
    /** Longest message that is read: names have 128 characters. */
    static final int MESSAGE_MAX = 2048;

    // The header, whether with a name to act as; then name, nonce, and extensions that may be left alone.
    private static final Pattern FIRST = Pattern.compile("(?<header>[ny],(?:a=(?<as>[^,]+))?,)"
            + "(?<bare>n=(?<name>[^,]+),r=(?<nonce>[\\x21-\\x2B\\x2D-\\x7E]+)(?:,[A-Za-z]=[^,]+)*)");
    private static final Pattern FINAL = Pattern.compile(
            "(?<unproven>c=(?<header>[^,]+),r=(?<nonce>[^,]+)(?:,[A-Za-z]=[^,]+)*),p=(?<proof>[A-Za-z0-9+/]{43}=)");

    private final String header;
    private final String bare;
    private final String username;
    private final String clientNonce;
    private ScramSecret secret = NOBODY;
    private String nonce = "";
    private String challenge = "";
    private byte[] authMessage = new byte[0];
    private byte[] proof = new byte[0];

    private static final ScramSecret NOBODY = new ScramSecret(0, new byte[0], new byte[0], new byte[0]);

    /** A message that is none of SCRAM's, or asks for what this server has not. */
    static final class WrongMessageException extends Exception {
        private static final long serialVersionUID = 1;

        WrongMessageException(String message) {
            super(message, null, false, false);
        }
    }

    /** With the client's first message. */
    ScramExchange(byte[] clientFirst) throws WrongMessageException {
        String text = text(clientFirst);
        if (text.startsWith("p=")) {
            throw new WrongMessageException("channel binding: p= (expected: n or y, this server has none)");
        }
        Matcher matcher = FIRST.matcher(text);
        if (!matcher.matches()) {
            throw new WrongMessageException(
                    "first message of SCRAM: cannot be read (expected: n,,n=<user name>,r=<nonce>)");
        }
        header = matcher.group("header");
        bare = matcher.group("bare");
        username = name(matcher.group("name"));
        clientNonce = matcher.group("nonce");
        String as = matcher.group("as");
        if (as != null && !name(as).equals(username)) {
            throw new WrongMessageException(
                    "authorization identity: another user (expected: none, or the user itself)");
        }
    }

    private static String text(byte[] message) throws WrongMessageException {
        if (message.length == 0 || message.length > MESSAGE_MAX) {
            throw new WrongMessageException(
                    "message of SCRAM: %d bytes (expected: 1..%d)".formatted(message.length, MESSAGE_MAX));
        }
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(message)).toString();
        } catch (CharacterCodingException e) {
            throw new WrongMessageException("message of SCRAM: not UTF-8 (expected: UTF-8)");
        }
    }

    /** Comma and equals sign are written as {@code =2C} and {@code =3D}. */
    private static String name(String written) throws WrongMessageException {
        String rest = written.replace("=2C", "").replace("=3D", "");
        if (rest.indexOf('=') >= 0 || rest.indexOf('\0') >= 0) {
            throw new WrongMessageException("user name of SCRAM: cannot be read (expected: = as =3D and , as =2C)");
        }
        return written.replace("=2C", ",").replace("=3D", "=");
    }

    /** Who the client says that it is. */
    String username() {
        return username;
    }

    /**
     * The server's first message.
     *
     * @param known what is kept of the user's password
     * @param more the server's part of the nonce: printable ASCII without comma
     */
    byte[] challenge(ScramSecret known, String more) {
        secret = known;
        nonce = clientNonce + more;
        challenge = "r=%s,s=%s,i=%d".formatted(nonce, known.saltInBase64(), known.iterations());
        return challenge.getBytes(UTF_8);
    }

    /** Takes the client's final message, without a look at its proof. */
    void take(byte[] clientFinal) throws WrongMessageException {
        Matcher matcher = FINAL.matcher(text(clientFinal));
        if (!matcher.matches()) {
            throw new WrongMessageException(
                    "final message of SCRAM: cannot be read (expected: c=<header>,r=<nonce>,p=<proof>)");
        }
        if (!matcher.group("header").equals(Base64.getEncoder().encodeToString(header.getBytes(UTF_8)))) {
            throw new WrongMessageException("channel binding: another header (expected: that of the first message)");
        }
        if (!matcher.group("nonce").equals(nonce)) {
            throw new WrongMessageException("nonce: another one (expected: that of the challenge)");
        }
        authMessage =
                "%s,%s,%s".formatted(bare, challenge, matcher.group("unproven")).getBytes(UTF_8);
        proof = Base64.getDecoder().decode(matcher.group("proof"));
    }

    /** Whether the client knows the password. */
    boolean isProven() {
        return secret.isProof(proof, authMessage);
    }

    /** The server's final message, for a client that is {@link #isProven}. */
    byte[] verifier() {
        return ("v=" + Base64.getEncoder().encodeToString(secret.signature(authMessage))).getBytes(UTF_8);
    }
}
