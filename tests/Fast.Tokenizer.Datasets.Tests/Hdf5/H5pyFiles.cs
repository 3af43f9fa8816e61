using System.IO.Compression;

namespace Fast.Tokenizer.Datasets.Tests.Hdf5;

/// <summary>
/// Small files as h5py 3.7 with HDF5 1.10 wrote them, compressed: forms that PureHDF does not write. Their actions, where they have any,
/// are <c>100 + 10 row + column</c>, 4 rows of 3.
/// </summary>
internal static class H5pyFiles
{
    public static byte[] BigEndian => Inflate(
        "eNrr9HBx4+WS4mIAAQ4OBhYGAQZk8B8KEjhQ+TD5BCjNCKU7oPQKJpg4I1hOAiouCDUfXV1IkKsrSPV/NACzx4AFQnMwjIKRCDxcHQNAdASUD0ulJ5hQ1SUml2Tm"
        + "5yHSoweF9jIysELMYoTxNSA0E0QAmiwZmKE0Op8ZmPJBKgUV7aFp14HBhJvB5D9UAStQFCTPxAQxkAOaU5gZYUk9Ac1FFQMaD8F+/i6gHA3LhwrMo2lzFIyCoQoc"
        + "ImG0A5RugNDRMPoAhI6BqouD0VD1cVB1CVB+QgKUhogDAB++O8Y=");

    public static byte[] Boolean => Inflate(
        "eNrr9HBx4+WS4mIAAQ4OBhYGAQZk8B8KeDhQ+TD5BCjNCKU7oPQKJpg4I1hOAiouCDUfXV1IkKsrSPV/NACzx4AFQnMwjIKRCDxcHQNAdASUD0ulJ5hQ1SUml2Tm"
        + "5yHSoweF9jIysELMYoTxNSA0E0QAmiwZmKE0Op8ZqB6c/pkgRghwwIziYHBz9Al2Baf9UFdYJmIFioPkmZggFnBAcw4zIyzp86C5MIOu8RDs5+8CytGwfKjAPJo2"
        + "R8EoGLqAEQ4AKMQwqw==");

    public static byte[] Demos => Inflate(
        "eNrtnE1ME0EUx2dbqytqLImHWg1W4qHRoKUUKQRlgWJLgkIsxgJi2wBao1IFok0ISY/11iNHjhx77LFHjhw59sixR2/YZd6Qzmy3bXAb2O37X17e7NuPmX3725nX"
        + "bP9EQq9udbm7iCpZJleIk9TqBHQU5322PQFWApsDu29j7dLpNhe0d8Pxxbj5t1NTavSJIHaesoNamaA6UZGp8TnVxsBnWXpg4+NWk1vJ2nyM/Od5JWLn8tcJZ/Ze"
        + "o36K1OavTTd/d93UesBXXlM7h7e2o/K3QPi8yc805mSZJUi0cdzhO+pX3vPnjb6ZDal7MG567DyvI+CnHHiPGomNszheN4EwErlO7lRHeW39Vzy58XmT7XdXkk73"
        + "dJ6NucyN/6Oal5rU4P6yBo+7cR4QLzXBntb6FZ6cnZFqgMpdV1XbvWqPvv5W+9Q74tnuXUmvb22kv8U/baz9rDb4fTs7tccr3sZcQaFQKBQKhUKhUCgU6rKpWd29"
        + "cp9arLt3pvTq7oqbj0uubH1Jr28aVnendcurZ3mXh3o7O75YD2PXVRTjhHoY60fBwceJ9dMEtJcW+bhj8OVl7jJI6QEfl3pCba4PrhPaYz4+Lgv+nr89908iDnou"
        + "ifl0QCSbxF2HnZC6vr3aQ7Wt2zMG90IhgRskcAIBjmqrut1moweUYUTsEuuyS7iizIXms1gPL9/DZ9xILsR62suFi8tn16XMZ73fAUT+NNaCQocCbFbHL+n4ZLG+"
        + "ryzW97M6fknHJ0v1fWWpvp/V8Us6PvlQ31fAolAoFArVYet/z2Nc/3eyxPVSoQfHpB3PmfMZPme4ntaup/f7rLqe9l3K9bTIO/IUc9PIuoRY72zGRW8AuYhc1HKx"
        + "5LcqFyOm4KJrAHPTSC7uDlK/ONQaF5Vh5CJyUcvFoyGrcjFhCi76gpibRnKxMEL9w9HWuBh7iVxELmq5WBm1KhczpuBi5AXmppFcPBij/vF4a1z8MYlcRC5quShP"
        + "WJWLeVNwMTGBuWkkF8shaAi3xsVcBLmIXNRy0RO2Khf3TcHFTBhz00gu/p2Guz7TGhd3Z5GLyEUtF4Mz7eUi0+ra93TcB7YfrB/sANgA2EGwz8EOgQ2CHWbH8YHt"
        + "N/w7FS9bZw3yvBbr+j427xjh48Q6Fysj7o3xceK6T4H2YoiPE+dBrJ+H03ycyAX2d0M54fsY8X+IjOfWRb0PS6Z4H+beIJPOo6bz/3l8z+F7rs78P2rV+f+ROeb/"
        + "UczNdvAus4C8Q95peeeMWZV3FVPwLhXD3DSy3iF+p9+Mi/mPyEXkopaL3mWrclF+aAYuZpcxN8+jf+rAKIk=");

    public static byte[] DenseDemos => Inflate(
        "eNrr9HBx4+WS4mLm4GCAgf9QsEQJwjeAis+PCHTx93AJYlJof8eWjYwrmISQNcIAFxMDIwMDGz8DkGJJSSxJPAyzwpWBOsAxNccVr5Oui0MUXmKH0BAnMUQw0Axs"
        + "P7NLh5xQEgKFEnticklmfl7xS0aoaU7UcNKMsFp3sJMYGRgZVRgYmJgYGWEWMENpdD6zCAOjoII9AyRZODCYcDOY/AdKsgJdy8zFAXQtCyNUkkECZtEChkEPHH7J"
        + "+VAcPR3M1IweE99qL1pEj8QQjB7GZSqvKY4edVZqRo9Ec/RJWkSPwRCMnsSG/08ojp5jbNSMHu6/FnK0iB6PIRg9XueMC51CPFwYWBmYgCEDFEnR2A31AA8QQsA8"
        + "b9n1qPoiHSABAaUbcPAP4OAzRGHnO0Rh5zfg4B/AwWeIxs53iMbOb8DBP4CDzxCDne8ApUfBKBgFo2AUjIJhBihuzB0VoGZjjv3loxa34GBXhkxoq4VRlpHhMYhx"
        + "+pX8RLyeoHLzL2EINv/qU8pnUByh04SoGaFconqnyUyVVI7QiiEYocULpm6iOELTRagZoYfT77UOjgidMAQjdHuuzG2KI9RCjJoRqna2wnJwROiKIRihr6Q0nCmO"
        + "0N1S1IxQgz3rHNyCPAIYQEPeTAwCCBmYG2ShsQOrZEGDBSg0A2zIgDjAgqQTYrQCkF6iABN7/UrnuluwhwsDA8xmRrRkgjApgKGCQQEuMxnqelgAwWgW4bW9TiE+"
        + "bgysM1sWsTCoAYUEGT4J2LExzAUzk48tF2cQBTOlv7jLMVwEMoUYOM7GGjBUg0UNf0b4MmSBmR3FycUM5mCmKtOzboYeMFPR2Go1QySY2XiyezfDOjCzjTX5LsN+"
        + "sGHP+J//ZvAAi/6KuWs42pQckKYrlYugA0OwCNo7x4eR4iIoSoaaRZDKP08JWkTPjSEYPVyRrXUUR89PWWpGT9smzxZaRM+HIRg9bDYnpCiOnhny1IyeBzLP82kR"
        + "PRycQy96FvaWtLl5uDjBJ/JB4MqEn1sZGdhSUnPz4w3C4E0KiIDhVyZUAaMpLKgCxsZsqAImsEYSTMD0oiCqgNkiYVQB82JRVAELF3FUAcvj0jABdojDDNJk0UQM"
        + "WeVH63GCAABUrIU0");

    public static byte[] ExternalLink => Inflate(
        "eNrr9HBx4+WS4mIAAQ4OBhYGAQZk8B8KKphR+TD5BCjNCKU7oPQKJpg4C1hOAiouADVfAWpeBFQ8JMjVFdl8dHtGwcgGHq6OAcjphQNKn2BCVQdLhwFUspcJnnKx"
        + "p0wuoEsYkdSzMShA3MHhwJaYXJKZnyfCwJBfkpFapJeRkmbKoA8RZAAAn/JBsw==");

    public static byte[] ExternalStorage => Inflate(
        "eNrr9HBx4+WS4mIAAQ4OBhYGAQZk8B8KdrCi8mHyCVCaEUp3QOkVTDBxRrCcBFRcEGo+urqQIFdXkOr/aABmTwELhOZgGAUjEXi4OgaA6AgoH5ZKTzChqktMLsnM"
        + "z0OkRw8K7WVkYIOYxQjja0BoJogANFkyMENpdD4zMOWDVAoq2EPTrgODCTeDyX+oAlagKEieiQliIDvQfEaodaCcY4Aj3cPyBwc0ZzEzwkQS0EOOJvGggBYPASyo"
        + "6ooSy/WSMvPg8QBTF+zn7wLyF8w/CsyjaZscAABau0Wv");

    public static byte[] Growing => Inflate(
        "eNrr9HBx4+WS4mIAAQ4OBhYGAQZk8B8KuARQ+TD5BCjNCKU7oPQKJpg4I1hOAiouCDUfXV1IkKsrSPV/NACzx4AFQnMwjIKRCDxcHQNAdASUD0ulJ5hQ1SUml2Tm"
        + "5yHSoweF9jIysEHMYoTxNSA0E0QAmiwZmNHyCzNcXAKsVVDBHpp2HRhMuBlMYApYgaIgeSZmiA3cDAFgBiNUngksz8hQnFGalpaTCk//jFDxlNS0nMSSVCR3QEIG"
        + "qLYkOSO1yNgIlm8gOZCZibmClQHqEJDx8CylQFR4BPv5uzCCbYfqYh5Nm+QAUHnHCAx+9PLOkIC+DfwQWhNNHC0bMDzkR+U7oKkbLUdHwSgYBaNgFIyCUTAKhgao"
        + "iEtOkGBdnMDQ6HyYkY29naUksarxxIkXL3bsaGEpKaxiZNdwEF8uzsAQZ83uKtoyrxym4YEDs0TziUbGiTyGPIU8nC8OlTDzBVgA+1RaZ5i/2D1K/gYAtHZ1hw==");

    public static byte[] HardLinksInACircle => Inflate(
        "eNrr9HBx4+WS4mIAAQ4OBhYGAQZk8B8KJgih8mHyCVCaEUp3QOkVTDBxRgYQUwIqLgg1H11dSJCrK0j1fzQAs+cBK4TmYBgFIxF4uDoGgOgIKF8BSp9gQlWXn1Sc"
        + "WlSWWJKZn1cM4icmg5iI9GlBor2MYIiZfj2YIfwMVuLSrwb7aPodTb+I9AtLTx2sqOqK8vNLQHRhQX4xcrnqQKa9wX7+LqASGGZfAYEECJNWYEYt19HT+0gDsHCE"
        + "1Y4NgsSFI6H6caQBRgZWSFgwwvgaEJoJIsACVQdNbhh8ZmBKBqkUVLCHhrEDgwk3g8l/qAJWoChInokJYiAHNOUzMzZwosYIDFQMglCJhGRvByjdAKOjIfQBKM0Q"
        + "A6XjoOqhdAOMnwChE6B0A5SmufmjYBSMglEwCkbBKBga7aEHg7I9BADtcm76");

    public static byte[] InflatingWithoutEnd => Inflate(
        "eNrr9HBx4+WS4mIAAQ4OBhYGAQZk8B8Klgug8mHyCVCaEUp3QOkVTDBxRrCcBFRcEGo+urqQIFdXkOr/aABmjwELhOZgGAUjEXi4OgaA6AgoH5ZKTzChqktMLsnM"
        + "z0OkRw8K7WVkYIeYxQjja0BoJogANFkyMENpdD4zMOWDVAoq2EPTrgODCTeDyX+oAlagKEieiRliIDeDBZjPCM8/HOAclJKalpNYksrAyYBfnAOa05iZmCtYEU5i"
        + "hmUdIagrQHa0v2PLZoD6h1gQ7Ofvwgi2HQIUmEfTJjkAVN4xYinvvhPQt4EflY+e3kbLx1EwCkbBKBgFo2AUjILhBSpuvb2z36spUeLYw+/KzR4GsrOibHjYj9o7"
        + "FzuffcRowpbLdfGep4k567q8eY0vnzB2OLcE/+i8n7jnfKnsIVs7mz9x5rtdA5dMSZM/vv7v1VJQJ8PIPHp/7Jx+xpWx697JzwMKNNzxzZPa+krjg/0+6VmgduWm"
        + "7/dem6zmb7z/svisDJA/Ye/tw2UBd5mmPS1/fVEOLCB/ENz4dDUAUUmCPCBjIlhAmhUkwFIdhKV+vim99fx4w7P4n5fkY9WAIkozr+/WFFWf/WjeQgBeLaa5");

    public static byte[] SoftLinksInACircle => Inflate(
        "eNrr9HBx4+WS4mIAAQ4OBhYGAQZk8B8KMlhQ+TD5BCjNCKU7oPQKJpg4I1hOAiouCDUfXV1IkKsrSPV/NACzR4EZQkswjIKRCDxcHQNAdASUrwGlTzChqktMLsnM"
        + "z2Ng0E+C8KEUgz5UApZODYi0N9jP34WRgYmBAy0/wKwVQFMvgUOdwgiPPwDvT0Cm");

    public static byte[] Virtual => Inflate(
        "eNrr9HBx4+WS4mLm4GCAgf9QwCAB4RtAxR07O9n9PVyCmBTa37FlI+MKJiFkjTDAxcTAyMDAJsgApNgSk0sy8/MOwyxxZqAGEPiisgvsJEV0JzEwMqowMDAxMTKy"
        + "QNUyQ2l0PrMIA6Oggj0DJAAcGEy4GUz+AyVZga5n5uLgA+pghkqCvMPAsIRhSABXb2tGhlEwCkbBKBgFowAbcHf29wHXEgJIFRwQhMMUwATySzJSi/QyUtJMGSA1"
        + "Obj+RK5gmJD4Emh8WH0LEjsS98EQLtjBPxoHo2AUjIJRMApGwSgYBaNgFIyCUTAKRgGtAQApHEIP");

    private static byte[] Inflate(string text)
    {
        using var inflating = new ZLibStream(new MemoryStream(Convert.FromBase64String(text)), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        inflating.CopyTo(bytes);
        return bytes.ToArray();
    }
}
