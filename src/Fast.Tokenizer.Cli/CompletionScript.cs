namespace Fast.Tokenizer.Cli;

/// <summary>Scripts that make a shell ask the tool itself what can come next, see <see cref="CompletionRequest"/>.</summary>
internal static class CompletionScript
{
    private const string Bash = """
        # fast-tokenizer: completion for bash. Load it with: source <(fast-tokenizer completion bash)
        _fast_tokenizer() {
            local line="${COMP_LINE:0:COMP_POINT}" word="${COMP_WORDS[COMP_CWORD]}" IFS=$'\n'
            COMPREPLY=()
            # After an option that takes a file nothing is suggested, and the shell completes file names.
            while IFS= read -r reply; do
                case $reply in "$word"*) COMPREPLY+=("$reply") ;; esac
            done < <("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)
        }
        complete -o default -F _fast_tokenizer fast-tokenizer
        """;

    private const string Zsh = """
        #compdef fast-tokenizer
        # fast-tokenizer: completion for zsh. Load it with: source <(fast-tokenizer completion zsh)
        _fast_tokenizer() {
            local line="${words[1,CURRENT]}"
            local -a replies
            replies=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
            replies=(${replies:#})
            if (( ${#replies} )); then compadd -- "${replies[@]}"; else _files; fi
        }
        compdef _fast_tokenizer fast-tokenizer
        """;

    private const string Fish = """
        # fast-tokenizer: completion for fish. Load it with: fast-tokenizer completion fish | source
        function __fast_tokenizer_complete
            set -l line (commandline -cp)
            fast-tokenizer "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c fast-tokenizer -a '(__fast_tokenizer_complete)'
        """;

    private const string PowerShell = """
        # fast-tokenizer: completion for PowerShell. Load it with: fast-tokenizer completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName fast-tokenizer -ScriptBlock {
            param($word, $command, $position)
            $line = "$command".PadRight($position)
            fast-tokenizer "[suggest:$($line.Length)]" "$line" 2>$null |
                Where-Object { $_.StartsWith($word, [StringComparison]::Ordinal) } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }
        """;

    private static readonly (string Shell, string Script)[] _all = [("bash", Bash), ("zsh", Zsh), ("fish", Fish), ("pwsh", PowerShell)];

    /// <summary>The shells that there is a script for.</summary>
    public static string[] Shells => [.. _all.Select(entry => entry.Shell)];

    /// <summary>The script for a shell of <see cref="Shells"/>.</summary>
    public static string For(string shell) => _all.First(entry => entry.Shell == shell).Script.ReplaceLineEndings("\n");
}
