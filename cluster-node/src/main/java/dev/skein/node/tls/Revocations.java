package dev.skein.node.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Which certificates were taken back, by lists (CRLs) of the CAs that have signed them. Of several lists of one CA the
 * newest counts. Immutable.
 */
public final class Revocations {
    /** Lists of a part of the certificates, or of changes alone: what is not in them may be revoked all the same. */
    private static final Set<String> PARTIAL = Set.of("2.5.29.27", "2.5.29.28");

    private final Map<X500Principal, X509CRL> newest = new HashMap<>();
    private final List<X509Certificate> authorities;
    private final boolean refuseExpired;
    private final InstantSource clock;

    /**
     * @param authorities who is trusted without a list, and has signed the lists
     * @param refuseExpired whether a list that should have been replaced by now lets nobody in
     */
    Revocations(List<X509CRL> lists, List<X509Certificate> authorities, boolean refuseExpired, InstantSource clock) {
        this.authorities = List.copyOf(authorities);
        this.refuseExpired = refuseExpired;
        this.clock = clock;
        lists.forEach(list -> newest.merge(
                list.getIssuerX500Principal(),
                list,
                (one, other) -> issued(other).isAfter(issued(one)) ? other : one));
    }

    private static Instant issued(X509CRL list) {
        return list.getThisUpdate().toInstant();
    }

    /** Why {@code list} cannot be used; null when it can. */
    static @Nullable String violation(X509CRL list, List<X509Certificate> authorities) {
        Set<String> critical = list.getCriticalExtensionOIDs();
        if (critical != null && critical.stream().anyMatch(PARTIAL::contains)) {
            return "it is a part of a list, or a list of changes; the whole list is needed";
        }
        if (list.hasUnsupportedCriticalExtension()) {
            return "it has an extension that is not known and must not be passed over";
        }
        return authorities.stream().anyMatch(each -> isFrom(list, each))
                ? null
                : "it is signed by " + list.getIssuerX500Principal() + ", which is none of the CA certificates";
    }

    private static boolean isFrom(X509CRL list, X509Certificate authority) {
        if (!authority.getSubjectX500Principal().equals(list.getIssuerX500Principal())) {
            return false;
        }
        try {
            list.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false; // another CA of the same name
        }
    }

    /**
     * Looks at a certificate that chains to a CA, and at those that lead to it.
     *
     * @throws CertificateException when one of them was revoked, or no list tells
     */
    void check(X509Certificate[] chain) throws CertificateException {
        for (X509Certificate certificate : chain) {
            if (!authorities.contains(certificate)) {
                check(certificate);
            }
        }
    }

    private void check(X509Certificate certificate) throws CertificateException {
        X509CRL list = newest.get(certificate.getIssuerX500Principal());
        if (list == null) {
            throw new CertificateException(
                    "no list of revoked certificates of " + certificate.getIssuerX500Principal());
        }
        if (list.isRevoked(certificate)) {
            throw new CertificateException(
                    "certificate " + certificate.getSerialNumber().toString(16) + " was revoked by "
                            + certificate.getIssuerX500Principal());
        }
        if (refuseExpired && isExpired(list)) {
            throw new CertificateException(expired(list));
        }
    }

    private boolean isExpired(X509CRL list) {
        Date next = list.getNextUpdate();
        return next != null && clock.instant().isAfter(next.toInstant());
    }

    private static String expired(X509CRL list) {
        Instant next = list.getNextUpdate().toInstant();
        return "the list of revoked certificates of " + list.getIssuerX500Principal() + " expired at " + next;
    }

    /** When the first of the lists should be replaced; empty when none tells. */
    public Optional<Instant> until() {
        return newest.values().stream()
                .map(X509CRL::getNextUpdate)
                .filter(Objects::nonNull)
                .map(Date::toInstant)
                .min(Instant::compareTo);
    }

    /** Says which lists should have been replaced by now; empty when none should. */
    public Optional<String> age() {
        return newest.values().stream()
                .filter(this::isExpired)
                .map(Revocations::expired)
                .reduce((one, other) -> one + "; " + other)
                .map(text ->
                        text + (refuseExpired ? ": clients of these CAs are refused" : ": it is used all the same"));
    }
}
