package dev.skein.node.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

/** Certificates and lists of revoked ones, in PEM and DER: read, or refused with a failure of their kind. */
public final class CertificatesFuzz {
    private CertificatesFuzz() {}

    /** The first byte says what the others are. */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(data, 1, data.length);
        try {
            switch (data[0] & 3) {
                case 0 -> PemFiles.certificates(bytes, Path.of("a.crt"));
                case 1 -> PemFiles.certificates(pem("CERTIFICATE", bytes), Path.of("a.crt"));
                case 2 -> lists(bytes);
                default -> lists(pem("X509 CRL", bytes));
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // PemContents makes a refusal of both that names the key.
        }
    }

    private static void lists(byte[] bytes) throws GeneralSecurityException {
        List<X509CRL> lists = PemFiles.crls(bytes);
        lists.forEach(list -> Revocations.violation(list, List.<X509Certificate>of()));
        new Revocations(lists, List.of(), true, InstantSource.system()).age();
    }

    private static byte[] pem(String type, byte[] der) {
        return TestCertificates.pem(type, der).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }
}
