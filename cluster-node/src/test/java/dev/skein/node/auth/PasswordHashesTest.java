package dev.skein.node.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.node.registry.PasswordHashFormat;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashesTest {
    private static final String SALT = "$04$abcdefghijklmnopqrstuu";

    // Made by libxcrypt's crypt(3).
    @ParameterizedTest
    @CsvSource({
        "'',            byCG3zY1GIXMyxfivm.ClDiInHzxjiq",
        "a,             MFdJu9yVgmagVAIC24fOZkaFqd3s9JC",
        "secret,        2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
        "pässwörd-日本, 8XPrNrzIv1qL2f/51CShZwhKkA/DM8O",
    })
    void bcryptOfOtherToolsIsUnderstood(String password, String hash) {
        for (String version : new String[] {"$2a", "$2b", "$2y"}) {
            assertThat(PasswordHashes.verify(version + SALT + hash, password.getBytes(UTF_8)))
                    .as(version)
                    .isTrue();
            assertThat(PasswordHashes.verify(version + SALT + hash, (password + "x").getBytes(UTF_8)))
                    .as(version)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "71, .gc7UY/21CSNJGJg21jJzx9QiOpJ9bO",
        "72, bzadhGtS2zEF.gu0yd0opP6cVzb.e0i",
        "73, bzadhGtS2zEF.gu0yd0opP6cVzb.e0i",
        "99, bzadhGtS2zEF.gu0yd0opP6cVzb.e0i",
    })
    void bcryptLooksAtSeventyTwoBytes(int length, String hash) {
        assertThat(PasswordHashes.verify("$2b" + SALT + hash, "x".repeat(length).getBytes(UTF_8)))
                .isTrue();
    }

    // The first two from the reference implementation's own test.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
            })
    void argon2OfOtherToolsIsUnderstood(String hash) {
        assertThat(PasswordHashFormat.violation(hash)).isNull();
        assertThat(PasswordHashes.verify(hash, "password".getBytes(UTF_8))).isTrue();
        assertThat(PasswordHashes.verify(hash, "Password".getBytes(UTF_8))).isFalse();
    }

    // Made with Python's hashlib, as PostgreSQL writes them.
    @ParameterizedTest
    @CsvSource({
        "secret, 4096:MDEyMzQ1Njc4OWFiY2RlZg==$bpSY5Ze9NUH+I35LC3gVq+DpBfK46iXBxvhAKqVu9pE=:VpYlBuxyzeCI1KnctrefdljpB1mk3Gp7sBI/t11+NkQ=",
        "pässwörd-日本, 5000:MDEyMzQ1Njc4OWFiY2RlZg==$/VOWOKEFO9E32jWDtcAqKij8zmi0z72k2s5cRxhQkjs=:Bz/lz1IbSpftxazrvwJ7OWcXnO/JkaqrXMe++3dgrjU=",
        "IX, 4096:MDEyMzQ1Njc=$Qm+5nYa/VKl8zHwMau1BDbvX7WRFMHIC5RsWmnP+E8A=:GQ3VqScHT+CpTDSeJfPrmu0O6uytSihYR672jgkKblc=",
        "I\u00ADX, 4096:MDEyMzQ1Njc=$Qm+5nYa/VKl8zHwMau1BDbvX7WRFMHIC5RsWmnP+E8A=:GQ3VqScHT+CpTDSeJfPrmu0O6uytSihYR672jgkKblc=",
        "\u2168, 4096:MDEyMzQ1Njc=$Qm+5nYa/VKl8zHwMau1BDbvX7WRFMHIC5RsWmnP+E8A=:GQ3VqScHT+CpTDSeJfPrmu0O6uytSihYR672jgkKblc=",
    })
    void scramOfOtherToolsIsUnderstood(String password, String rest) {
        String hash = "SCRAM-SHA-256$" + rest;
        assertThat(PasswordHashFormat.violation(hash)).isNull();
        assertThat(PasswordHashes.verify(hash, password.getBytes(UTF_8))).isTrue();
        assertThat(PasswordHashes.verify(hash, (password + "x").getBytes(UTF_8)))
                .isFalse();
        assertThat(PasswordHashes.verify(hash, new byte[0])).isFalse();
    }

    @Test
    void aPasswordThatIsNoTextIsTakenAsItIs() {
        String hash = "SCRAM-SHA-256$4096:MDEyMzQ1Njc=$9v2GeF0ybjZnSpciwZbFbBpL246qxmJnmbbG+2oelEI="
                + ":KioeGMQr9ez9Gk5rK36472w0rDuDq3evKMc84eaaorQ=";
        assertThat(PasswordHashes.verify(hash, new byte[] {(byte) 0xFF, (byte) 0xFE}))
                .isTrue();
        assertThat(PasswordHashes.verify(hash, new byte[] {(byte) 0xFF})).isFalse();
    }

    @Test
    void ownHashesForScramAreUnderstoodAndSalted() {
        byte[] password = "pässwörd".getBytes(UTF_8);
        String hash = PasswordHashes.scram(password, 4096, new SecureRandom());
        assertThat(PasswordHashFormat.violation(hash)).isNull();
        assertThat(PasswordHashes.verify(hash, password)).isTrue();
        assertThat(PasswordHashes.scram(password, 4096, new SecureRandom())).isNotEqualTo(hash);
    }

    @Test
    void ownHashesAreUnderstoodAndSalted() {
        String hash = PasswordHashes.bcrypt("pässwörd".toCharArray());
        assertThat(PasswordHashFormat.violation(hash)).isNull();
        assertThat(PasswordHashes.verify(hash, "pässwörd".getBytes(UTF_8))).isTrue();
        assertThat(PasswordHashes.verify(hash, "password".getBytes(UTF_8))).isFalse();
        assertThat(PasswordHashes.bcrypt("pässwörd".toCharArray())).isNotEqualTo(hash);
        String longest = "x".repeat(PasswordHashes.BCRYPT_MAX_BYTES);
        assertThat(PasswordHashes.verify(PasswordHashes.bcrypt(longest.toCharArray()), longest.getBytes(UTF_8)))
                .isTrue();
    }

    @Test
    void whatBcryptWouldCutIsRefused() {
        assertThatThrownBy(() -> PasswordHashes.bcrypt("é".repeat(37).toCharArray()))
                .hasMessage("password: 74 bytes (expected: 1..72)");
        assertThatThrownBy(() -> PasswordHashes.bcrypt(new char[0])).hasMessageContaining("expected: 1..72");
    }

    @Test
    void theHashOfNobodyCanBeComputed() {
        assertThat(PasswordHashFormat.violation(PasswordHashes.NOBODY)).isNull();
        assertThat(PasswordHashes.verify(PasswordHashes.NOBODY, "secret".getBytes(UTF_8)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "secret                                                       | expected: $2a$, $2b$ or $2y$ of bcrypt",
                "$2x$10$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW | 60 characters of bcrypt",
                "$2b$10$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIr  | 60 characters of bcrypt",
                "$2b$03$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW | cost=3 (expected: cost=4..16)",
                "$2b$17$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW | cost=17 (expected: cost=4..16)",
                "$argon2id$v=16$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5 | expected: $argon2id$v=19",
                "$argon2id$v=19$m=65537,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5 | m=65537 (expected: m=8..65536)",
                "$argon2id$v=19$m=256,t=0,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5 | t=0 (expected: t=1..100)",
                "$argon2id$v=19$m=256,t=1,p=65$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5 | p=65 (expected: p=1..64)",
                "SCRAM-SHA-256$4095:{salt}${key}:{key}        | iterations=4095 (expected: iterations=4096..1000000)",
                "SCRAM-SHA-256$1000001:{salt}${key}:{key}     | iterations=1000001 (expected: iterations=4096..1000000)",
                "SCRAM-SHA-256$4096:MDEyMzQ1Ng==${key}:{key}  | another salt (expected: Base64 of 8..64 bytes)",
                "SCRAM-SHA-256$4096:MDEyMzQ1Njc${key}:{key}=  | expected: SCRAM-SHA-256$<iterations>",
                "SCRAM-SHA-256$4096:M=${key}:{key}            | another salt",
                "SCRAM-SHA-256$4096:{salt}${key}              | expected: SCRAM-SHA-256$<iterations>",
                "SCRAM-SHA-256$4096:{salt}$AAAA:{key}         | expected: SCRAM-SHA-256$<iterations>",
                "SCRAM-SHA-256$x:{salt}${key}:{key}           | expected: SCRAM-SHA-256$<iterations>",
                "SCRAM-SHA-1$4096:{salt}${key}:{key}          | or SCRAM-SHA-256$",
            })
    void otherFormsAreNamedWithoutShowingThem(String written, String violation) {
        String hash = written.replace("{salt}", "MDEyMzQ1Njc=")
                .replace("{key}", "bpSY5Ze9NUH+I35LC3gVq+DpBfK46iXBxvhAKqVu9pE=");
        assertThat(PasswordHashFormat.violation(hash)).contains(violation).contains("password-hash: ***");
    }
}
