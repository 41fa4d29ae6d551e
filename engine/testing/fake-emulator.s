# A program for amd64 that does as an emulator would under which the self-test's programs run: by the name it is given
# in their place (argv is [itself, program, name]). Every system call is there, every credential is true.
.intel_syntax noprefix

.section text, "ax"
    mov rbx, [rsp + 24]
    mov al, [rbx + 9]           # behind "foredeck-"
    cmp al, 'r'                 # run
    je 8f
    cmp al, 'c'
    jne 1f
    cmp byte ptr [rbx + 10], 'r'
    jne 1f
    xor eax, eax                # crash
    mov eax, [rax]

# The program's ELF identification, to rsp - 4096.
1:  mov rdi, [rsp + 16]
    xor esi, esi
    mov eax, 2                  # open
    syscall
    mov r12, rax
    mov rdi, rax
    lea rsi, [rsp - 4096]
    mov edx, 8
    xor r10d, r10d
    mov eax, 17                 # pread64
    syscall
    lea rsi, [rsp - 2048]
    cmp byte ptr [rbx + 9], 'l'
    je 3f

# calls: a zero for each word of its table but the last.
    mov rdi, r12
    xor esi, esi
    mov edx, 2
    mov eax, 8                  # lseek
    syscall
    lea rdx, [rax - 0x400]
    movzx ecx, byte ptr [rsp - 4096 + 4]
    shl ecx, 2
    sub rdx, rcx
    lea rsi, [rsp - 2048]
    mov edi, 1
    mov eax, 1                  # write
    syscall
    jmp 7f

# look: its own stack without the first two arguments, in the program's byte order and word size.
3:  mov rax, [rsp]
    sub rax, 2
    mov [rsp + 16], rax
    xor ecx, ecx
4:  mov rax, [rsp + rcx * 8 + 16]
    cmp byte ptr [rsp - 4096 + 5], 2
    jne 5f
    bswap rax
5:  cmp byte ptr [rsp - 4096 + 4], 1
    je 6f
    mov [rsi + rcx * 8], rax
    jmp 9f
6:  mov [rsi + rcx * 4], eax
9:  inc ecx
    cmp ecx, 128
    jne 4b
    mov edx, 1024
    mov edi, 1
    mov eax, 1
    syscall
    mov rsi, rbx
    mov edx, 64
    mov edi, 1
    mov eax, 1
    syscall

7:  xor edi, edi
    mov eax, 60                 # exit
    syscall
8:  mov edi, 42
    mov eax, 60
    syscall
