package dev.skein.deploy;

import dev.skein.node.tls.NewCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** The Secret skein-cluster-tls as files, of one certificate for all pods. */
final class ClusterSecret {
    private static final String MOUNTED = "/etc/skein-cluster-tls/";
    private static final Duration VALID = Duration.ofDays(1);

    private ClusterSecret() {}

    /** Below {@code home}. */
    static void write(Path home) throws IOException {
        Path files = Files.createDirectories(home.resolve("cluster-tls"));
        SecureRandom random = new SecureRandom();
        NewCertificate authority =
                NewCertificate.authority("cluster", InstantSource.system().instant(), VALID, random);
        NewCertificate pods =
                authority.issue(List.of("*.skein-nodes"), InstantSource.system().instant(), VALID, random);
        Files.writeString(files.resolve("ca.crt"), authority.certificatePem());
        Files.writeString(files.resolve("tls.crt"), pods.certificatePem());
        Files.writeString(files.resolve("tls.key"), pods.keyPem());
    }

    /** Where the kubelet mounts the Secret, there are the files of {@code home}. */
    static void mount(Map<String, String> environment, Path home) {
        environment.replaceAll((_, value) -> value.startsWith(MOUNTED)
                ? home.resolve("cluster-tls")
                        .resolve(value.substring(MOUNTED.length()))
                        .toString()
                : value);
    }
}
