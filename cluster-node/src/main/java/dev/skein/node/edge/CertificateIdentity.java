package dev.skein.node.edge;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/** What of a client certificate says who the client is. */
public enum CertificateIdentity {
    /** Nothing: credentials do. */
    NONE(0),
    /** The common name of the subject. */
    SUBJECT_CN(0),
    /** The whole subject, as RFC 2253 writes it. */
    SUBJECT_DN(0),
    /** The subject alternative name that is a DNS name. */
    SAN_DNS(2),
    /** The one that is an address of mail. */
    SAN_EMAIL(1),
    /** The one that is a URI. */
    SAN_URI(6);

    private static final int LONGEST = 1024;

    /** Kind of the alternative name, RFC 5280. */
    private final int kind;

    CertificateIdentity(int kind) {
        this.kind = kind;
    }

    /** As the configuration writes it. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * What a certificate says.
     *
     * @param name null when it does not say exactly one
     * @param problem what is wrong with it then; else empty
     */
    public record Found(@Nullable String name, String problem) {}

    /** What {@code certificate} says. */
    Found of(X509Certificate certificate) {
        List<String> names;
        try {
            names = names(certificate);
        } catch (InvalidNameException | CertificateParsingException e) {
            return wrong("unreadable");
        }
        if (names.size() != 1) {
            return wrong(names.isEmpty() ? "none" : names.size() + " of them");
        }
        String name = names.getFirst();
        boolean plain = name.codePoints().allMatch(CertificateIdentity::isPlain);
        return name.isEmpty() || name.length() > LONGEST || !plain
                ? wrong(plain ? name.length() + " characters" : "characters that are not shown")
                : new Found(name, "");
    }

    private Found wrong(String what) {
        return new Found(
                null,
                "certificate: %s: %s (expected: exactly one, of 1..%d printable characters)"
                        .formatted(text(), what, LONGEST));
    }

    private static boolean isPlain(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    private List<String> names(X509Certificate certificate) throws InvalidNameException, CertificateParsingException {
        String subject = certificate.getSubjectX500Principal().getName();
        List<String> names = new ArrayList<>();
        switch (this) {
            case NONE -> {}
            case SUBJECT_DN -> names.add(subject);
            case SUBJECT_CN -> {
                for (Rdn each : new LdapName(subject).getRdns()) {
                    var values = each.toAttributes().get("CN");
                    if (values != null) {
                        names.add(commonName(each));
                    }
                }
            }
            case SAN_DNS, SAN_EMAIL, SAN_URI -> {
                var alternatives = certificate.getSubjectAlternativeNames();
                if (alternatives != null) {
                    alternatives.stream()
                            .filter(each -> each.getFirst().equals(kind) && each.get(1) instanceof String)
                            .forEach(each -> names.add((String) each.get(1)));
                }
            }
        }
        return names;
    }

    private static String commonName(Rdn rdn) {
        try {
            Object value = rdn.toAttributes().get("CN").get();
            return value instanceof String text ? text : ""; // bytes of an unknown kind are no name
        } catch (javax.naming.NamingException e) {
            return "";
        }
    }
}
