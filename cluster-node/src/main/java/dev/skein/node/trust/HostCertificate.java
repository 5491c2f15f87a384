package dev.skein.node.trust;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** For which hosts a certificate is (RFC 6125): its subject alternative names, and nothing else in it. */
final class HostCertificate {
    private static final int DNS = 2;
    private static final int ADDRESS = 7;
    private static final String SERVER = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT = "1.3.6.1.5.5.7.3.2";
    private static final String ANY = "2.5.29.37.0";

    private final X509Certificate certificate;

    HostCertificate(X509Certificate certificate) {
        this.certificate = certificate;
    }

    /** A host as names of certificates have it: without the brackets of an IPv6 address and the dot of the root. */
    static String bare(String host) {
        if (host.startsWith("[") && host.endsWith("]")) {
            return host.substring(1, host.length() - 1);
        }
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    /** Whether it is for {@code host}, a name, an IPv4 address or an IPv6 address in brackets. */
    boolean holds(String host) {
        String wanted = bare(host).toLowerCase(Locale.ROOT);
        boolean number = wanted.indexOf(':') >= 0 || Character.isDigit(wanted.charAt(wanted.lastIndexOf('.') + 1));
        return names(number ? ADDRESS : DNS).stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .anyMatch(name -> number ? isAddress(name, wanted) : isName(name, wanted));
    }

    private static boolean isAddress(String name, String wanted) {
        try {
            return InetAddress.ofLiteral(name).equals(InetAddress.ofLiteral(wanted));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** {@code *} stands for the whole of the first label. */
    private static boolean isName(String name, String wanted) {
        if (!name.startsWith("*.")) {
            return name.equals(wanted);
        }
        int dot = wanted.indexOf('.');
        return dot > 0 && wanted.substring(dot).equals(name.substring(1));
    }

    /** Whether it may be used on both sides: a node is server of some connections and client of others. */
    boolean isForBothSides() {
        try {
            List<String> usages = certificate.getExtendedKeyUsage();
            return usages == null || usages.contains(ANY) || usages.containsAll(Set.of(SERVER, CLIENT));
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    private List<String> names(int kind) {
        List<String> found = new ArrayList<>();
        for (List<?> name : names()) {
            if (name.getFirst() instanceof Integer type && type == kind && name.get(1) instanceof String text) {
                found.add(text);
            }
        }
        return found;
    }

    private Collection<List<?>> names() {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null ? List.of() : names;
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    /** Subject and names, for people. */
    @Override
    public String toString() {
        List<String> all = new ArrayList<>(names(DNS));
        all.addAll(names(ADDRESS));
        return certificate.getSubjectX500Principal().getName() + " for " + all;
    }
}
