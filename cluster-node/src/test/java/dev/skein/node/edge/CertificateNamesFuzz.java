package dev.skein.node.edge;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

/** Names in certificates: exactly one that can be shown, or a problem in words. */
public final class CertificateNamesFuzz {
    private CertificateNamesFuzz() {}

    /** DER. */
    public static void fuzzerTestOneInput(byte[] data) {
        X509Certificate certificate;
        try {
            certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(data));
        } catch (CertificateException e) {
            return;
        }
        for (CertificateIdentity each : CertificateIdentity.values()) {
            CertificateIdentity.Found found = each.of(certificate);
            if ((found.name() == null) == found.problem().isEmpty()) {
                throw new AssertionError(each + ": " + found);
            }
        }
    }
}
