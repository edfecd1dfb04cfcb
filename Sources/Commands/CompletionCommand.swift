internal import ArgumentParser

struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print the completion script of a shell.",
        discussion: """
            Example: nightjar completion bash > /usr/share/bash-completion/completions/nightjar
            Example: nightjar completion zsh > "${fpath[1]}/_nightjar"
            Example: nightjar completion fish > ~/.config/fish/completions/nightjar.fish
            """)

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish

        var completion: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "The shell: bash, zsh or fish.")
    var shell: Shell

    func run() { print(Nightjar.completionScript(for: shell.completion)) }
}
