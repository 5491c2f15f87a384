package dev.skein.node.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.node.auth.ScramExchange.WrongMessageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScramExchangeTest {
    // The example of RFC 7677, section 3.
    private static final String NONCE = "rOprNGfwEbeRWgbNEkqO";
    private static final String MORE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private static final String FIRST = "n,,n=user,r=" + NONCE;
    private static final String UNPROVEN = "c=biws,r=" + NONCE + MORE;
    private static final String PROOF = ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    private static final ScramSecret PENCIL = ScramSecret.parse("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ=="
            + "$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");

    private static ScramExchange challenged(String first) throws WrongMessageException {
        ScramExchange exchange = new ScramExchange(first.getBytes(UTF_8));
        exchange.challenge(PENCIL, MORE);
        return exchange;
    }

    @Test
    void theExampleOfTheSpecification() throws WrongMessageException {
        ScramExchange exchange = new ScramExchange(FIRST.getBytes(UTF_8));
        assertThat(exchange.username()).isEqualTo("user");
        assertThat(exchange.challenge(PENCIL, MORE))
                .asString(UTF_8)
                .isEqualTo("r=" + NONCE + MORE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
        exchange.take((UNPROVEN + PROOF).getBytes(UTF_8));
        assertThat(exchange.isProven()).isTrue();
        assertThat(exchange.verifier()).asString(UTF_8).isEqualTo("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    @Test
    void anotherProofIsNone() throws WrongMessageException {
        ScramExchange exchange = challenged(FIRST);
        exchange.take((UNPROVEN + PROOF.replace("dHz", "eHz")).getBytes(UTF_8));
        assertThat(exchange.isProven()).isFalse();
    }

    @Test
    void aProofOfOtherWordsIsNone() throws WrongMessageException {
        ScramExchange exchange = challenged(FIRST);
        exchange.take((UNPROVEN + ",x=1" + PROOF).getBytes(UTF_8));
        assertThat(exchange.isProven()).as("an extension is signed too").isFalse();
        ScramExchange other = challenged("n,,n=use,r=" + NONCE);
        other.take((UNPROVEN + PROOF).getBytes(UTF_8));
        assertThat(other.isProven()).as("another user name").isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "n,,n=user,r=x            | user",
                "y,,n=user,r=x            | user",
                "n,a=user,n=user,r=x      | user",
                "n,,n=user,r=x,e=1,f=2    | user",
                "n,,n=a=2Cb=3Dc,r=x       | a,b=c",
                "n,,n=a=3D2Cb,r=x         | a=2Cb",
                "n,,n=jürgen,r=!~         | jürgen",
                "n,,n=bob@fleet,r=x       | bob@fleet",
            })
    void firstMessages(String message, String username) throws WrongMessageException {
        assertThat(new ScramExchange(message.getBytes(UTF_8)).username()).isEqualTo(username);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                           | 0 bytes",
                "nonsense                     | cannot be read",
                "n=user,r=x                   | cannot be read",
                "n,,r=x,n=user                | cannot be read",
                "n,,n=,r=x                    | cannot be read",
                "n,,n=user,r=                 | cannot be read",
                "n,,n=user                    | cannot be read",
                "n,,n=user,r=ü                | cannot be read",
                "n,,m=1,n=user,r=x            | cannot be read",
                "n,,n=us=er,r=x               | = as =3D",
                "n,,n=us=2cer,r=x             | = as =3D",
                "n,a=other,n=user,r=x         | authorization identity",
                "p=tls-exporter,,n=user,r=x   | channel binding: p=",
            })
    void wrongFirstMessages(String message, String why) {
        assertThatThrownBy(() -> new ScramExchange(message.getBytes(UTF_8)))
                .isInstanceOf(WrongMessageException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aMessageIsUtf8AndShort() {
        assertThatThrownBy(
                        () -> new ScramExchange(new byte[] {'n', ',', ',', 'n', '=', (byte) 0xFF, ',', 'r', '=', 'x'}))
                .hasMessageContaining("not UTF-8");
        assertThatThrownBy(() -> new ScramExchange((FIRST + "x".repeat(ScramExchange.MESSAGE_MAX)).getBytes(UTF_8)))
                .hasMessageContaining("expected: 1..2048");
        String extended = FIRST + ",x=1".repeat((ScramExchange.MESSAGE_MAX - FIRST.length() - 1) / 4);
        assertThatThrownBy(() -> new ScramExchange((extended + ",").getBytes(UTF_8)))
                .hasMessageContaining("be read");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "c=biws,r={r}                                                     | cannot be read",
                "c=biws,r={r},p=                                                  | cannot be read",
                "c=biws,r={r},p=AAAA                                              | cannot be read",
                "c=biws,r={r},p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,x=1  | cannot be read",
                "r={r},c=biws,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=      | cannot be read",
                "c=eSws,r={r},p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=      | channel binding",
                "c=biws,r=x,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=        | nonce",
                "c=biws,r={r}x,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=     | nonce",
            })
    void wrongFinalMessages(String message, String why) throws WrongMessageException {
        ScramExchange exchange = challenged(FIRST);
        byte[] bytes = message.replace("{r}", NONCE + MORE).getBytes(UTF_8);
        assertThatThrownBy(() -> exchange.take(bytes)).hasMessageContaining(why);
    }
}
