package dev.skein.node.trust;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;

/** Why a connection to the port between nodes is refused. */
enum Refusal {
    /** What came is not TLS. */
    NOT_TLS("not-tls", "it does not speak TLS"),
    /** It shows no certificate. */
    NO_CERTIFICATE("no-certificate", "it shows no certificate (expected: one of a node)"),
    /** The certificate is not to be trusted. */
    CERTIFICATE("certificate", "its certificate is not one that skein.cluster.tls.ca vouches for"),
    /** It refuses this node, by a TLS alert. */
    ALERT("alert", "it refuses this node"),
    /** No common version or cipher, or broken records. */
    PROTOCOL("protocol", "TLS failed"),
    /** The certificate is for another host than the one that is claimed. */
    NAME("name", "its certificate is not for the host that it claims"),
    /** What came is no frame of a node, or too large. */
    FRAME("frame", "what it sends is no frame of a node"),
    /** It did not show in time that it is a node. */
    TIMEOUT("timeout", "it has not shown in time that it is a node"),
    /** Too many are at it at once. */
    TOO_MANY("too-many", "too many connections have not shown yet that they are of a node"),
    /** It went away before it had shown anything. */
    CLOSED("closed", "it went away before it had shown that it is a node");

    private final String label;
    private final String words;

    Refusal(String label, String words) {
        this.label = label;
        this.words = words;
    }

    /** For metrics. */
    String label() {
        return label;
    }

    /** For the log. */
    String words() {
        return words;
    }

    /** Which one a failed handshake is. */
    static Refusal of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException || cause instanceof CertPathValidatorException) {
                return CERTIFICATE;
            }
        }
        String text = String.valueOf(failure.getMessage());
        if (text.contains("Unsupported or unrecognized SSL message") || text.contains("plaintext connection")) {
            return NOT_TLS;
        }
        if (text.contains("Empty client certificate chain") || text.contains("bad_certificate: no")) {
            return NO_CERTIFICATE;
        }
        if (text.contains("Received fatal alert")) {
            return ALERT;
        }
        return failure instanceof SSLException ? PROTOCOL : CLOSED;
    }
}
