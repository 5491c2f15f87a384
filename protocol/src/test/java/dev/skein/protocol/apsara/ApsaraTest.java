package dev.skein.protocol.apsara;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApsaraTest {
    @ParameterizedTest
    @ValueSource(strings = {"GID_abc", "GID-abc", "GID_a-b_9", "GID____"})
    void acceptsGroupIds(String groupId) {
        assertThat(GroupIds.violation(groupId)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GID", "GID_ab", "gid_abc", "GIDxabc", "XGID_abc", "GID_a.b", "GID_äbc", "GID_ab@"})
    void refusesOtherGroupIds(String groupId) {
        assertThat(GroupIds.violation(groupId)).startsWith("groupId: ").contains("(expected: ");
    }

    @Test
    void groupIdsHave7To64Characters() {
        assertThat(GroupIds.violation("GID_" + "a".repeat(60))).isNull();
        assertThat(GroupIds.violation("GID_" + "a".repeat(61))).endsWith("(expected: 7..64 characters)");
        assertThat(GroupIds.violation("GID_ab")).endsWith("(expected: 7..64 characters)");
    }

    @Test
    void parentTopicsHave3To64LettersDigitsHyphensAndUnderscores() {
        assertThat(ParentTopics.violation("abc")).isNull();
        assertThat(ParentTopics.violation("A-b_9")).isNull();
        assertThat(ParentTopics.violation("a".repeat(64))).isNull();
        assertThat(ParentTopics.violation("ab")).isEqualTo("parentTopic: ab (expected: 3..64 characters)");
        assertThat(ParentTopics.violation("a".repeat(65))).isNotNull();
        assertThat(ParentTopics.violation("a/b")).isEqualTo("parentTopic: a/b (expected: letters, digits, - and _)");
        assertThat(ParentTopics.violation("ab+")).isNotNull();
        assertThat(ParentTopics.violation("$SYS")).isNotNull();
    }

    @Test
    void clientIdIsGroupAndDevice() {
        ApsaraClientId id = ApsaraClientId.parse("GID_Test@@@0001");
        assertThat(id).isEqualTo(new ApsaraClientId("GID_Test", "0001")).hasToString("GID_Test@@@0001");
        assertThat(ApsaraClientId.violation("GID_Test@@@0001", ApsaraClientId.MAX_LENGTH))
                .isNull();
        // the family of real devices that sends its MAC with underscores
        assertThat(ApsaraClientId.violation("GID_test@@@aa_bb_cc_dd_ee_ff", 64)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GID_Test",
                "GID_Test@@0001",
                "@@@0001",
                "GID_Test@@@",
                "GID_Test@@@a/b",
                "GID_Test@@@a:b",
                "GID_Test@@@a,b",
                "GID_Test@@@a%b",
                "GID_Test@@@a\u0001",
                "GID_Test@@@@0001",
                "GID_Test@@@a@@@b",
                "G@@@0001"
            })
    void refusesOtherClientIds(String clientId) {
        assertThat(ApsaraClientId.violation(clientId, 64)).contains("(expected: ");
        assertThatIllegalArgumentException().isThrownBy(() -> ApsaraClientId.parse(clientId));
    }

    @Test
    void clientIdLengthIsASetting() {
        String clientId = "GID_Test@@@" + "d".repeat(54); // 65 characters
        assertThat(ApsaraClientId.violation(clientId, 64)).endsWith("(expected: <= 64 characters)");
        assertThat(ApsaraClientId.violation(clientId, 65)).isNull();
    }

    @Test
    void signsTheVectorOfTheDocumentedFormula() {
        assertThat(Signatures.sign("XXXXX", "GID_Test@@@0001")).isEqualTo("vI009IZJZVGRwBwZvnbwjfuXxVM=");
        assertThat(Signatures.matches("XXXXX", "GID_Test@@@0001", "vI009IZJZVGRwBwZvnbwjfuXxVM="))
                .isTrue();
    }

    @Test // RFC 2202, test case 2, in Base64
    void signsTheVectorOfTheRfc() {
        assertThat(Signatures.sign("Jefe", "what do ya want for nothing?")).isEqualTo("7/zfauXrL6LSdBbV8YTfnCWafHk=");
    }

    @Test
    void signatureOfAnotherClientOrSecretDoesNotMatch() {
        byte[] password = Signatures.sign("XXXXX", "GID_Test@@@0001").getBytes(UTF_8);
        assertThat(Signatures.matches("XXXXX", "GID_Test@@@0001", password)).isTrue();
        assertThat(Signatures.matches("XXXXX", "GID_Test@@@0002", password)).isFalse();
        assertThat(Signatures.matches("XXXXY", "GID_Test@@@0001", password)).isFalse();
        assertThat(Signatures.matches("XXXXX", "GID_Test@@@0001", new byte[0])).isFalse();
        assertThat(Signatures.matches("XXXXX", "GID_Test@@@0001", "vI009IZJZVGRwBwZvnbwjfuXxVM"))
                .isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> Signatures.sign("", "c"));
    }

    @Test
    void usernameHasExactlyThreeParts() {
        ModeUsername username = ModeUsername.parse(ModeUsername.SIGNATURE, "Signature|LTAI4key|mqtt-cn-1234");
        assertThat(username)
                .isEqualTo(new ModeUsername(ModeUsername.SIGNATURE, "LTAI4key", "mqtt-cn-1234"))
                .hasToString("Signature|LTAI4key|mqtt-cn-1234");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Signature",
                "Signature|",
                "Signature|k",
                "Signature|k|",
                "Signature||i",
                "Signature|k|i|x",
                "signature|k|i",
                "Token|k|i",
                "DeviceCredential|k|i",
                "Signature|k|i|",
                "alice",
                "|k|i"
            })
    void otherUsernamesAreNotOfSignatureMode(String username) {
        assertThat(ModeUsername.parse(ModeUsername.SIGNATURE, username)).isNull();
    }

    @Test
    void partsThatCouldNotBeReadBackAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ModeUsername(ModeUsername.SIGNATURE, "", "i"));
        assertThatIllegalArgumentException().isThrownBy(() -> new ModeUsername(ModeUsername.SIGNATURE, "k", "a|b"));
    }
}
