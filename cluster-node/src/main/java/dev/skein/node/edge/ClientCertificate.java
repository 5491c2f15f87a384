package dev.skein.node.edge;

import java.math.BigInteger;

/**
 * The certificate a client has shown and that chains to {@code skein.tls.client-ca}.
 *
 * @param subject distinguished name as RFC 2253 text, such as {@code CN=device-1,O=Example}
 * @param serial serial number given by the CA
 * @param identity who it says that the client is, by the {@code identity} of the listener
 */
public record ClientCertificate(String subject, BigInteger serial, CertificateIdentity.Found identity) {}
