# System call: number in rax, arguments in rdi rsi rdx r10 r8 r9, result in rax; rcx and r11 are lost.
.intel_syntax noprefix

.section look, "ax"
    mov edi, 1
    mov rsi, rsp
    mov edx, LOOK_STACK
    mov eax, 1              # write
    syscall
    mov edi, 1
    mov rsi, [rsp + 8]
    mov edx, LOOK_NAME
    mov eax, 1
    syscall
    xor edi, edi
    mov eax, 60             # exit
    syscall

.section crash, "ax"
    xor eax, eax
    mov eax, [rax]
    xor edi, edi
    mov eax, 60
    syscall

.section calls, "ax"
    mov ebx, TABLE
    lea rbp, [rsp - SCRATCH]
1:  mov rax, [rbx]
    cmp rax, -1
    je 2f
    mov rdi, -1
    mov rsi, rdi
    mov rdx, rdi
    mov r10, rdi
    mov r8, rdi
    mov r9, rdi
    syscall
    mov [rbp], rax
    add rbx, 8
    add rbp, 8
    jmp 1b
2:  mov edi, 1
    lea rsi, [rsp - SCRATCH]
    mov rdx, rbp
    sub rdx, rsi
    mov eax, 1
    syscall
    xor edi, edi
    mov eax, 60
    syscall

.section spin, "ax"
    mov ecx, TABLE
    mov rcx, [rcx]
    xor eax, eax
1:  lea rax, [rax + rax * 4]
    add rax, rcx
    mov [rsp - 16], rax
    call 3f
    dec rcx
    jnz 1b
    xor edi, edi
    mov eax, 60
    syscall
3:  mov rdx, [rsp - 8]
    shr rdx, 3
    xor rax, rdx
    ret

# eax, ebx, ecx, edx of CPUID leaves 1, 7 and 0x80000001; XCR0, or 0 without XGETBV.
.section cpuid, "ax"
    lea rdi, [rsp - SCRATCH]
    mov eax, 1
    xor ecx, ecx
    call 3f
    mov r8d, ecx
    mov eax, 7
    xor ecx, ecx
    call 3f
    mov eax, 0x80000001
    xor ecx, ecx
    call 3f
    xor eax, eax
    xor edx, edx
    bt r8d, 27              # OSXSAVE
    jnc 1f
    xor ecx, ecx
    xgetbv
1:  mov [rdi], eax
    mov [rdi + 4], edx
    mov edi, 1
    lea rsi, [rsp - SCRATCH]
    mov edx, 56
    mov eax, 1
    syscall
    xor edi, edi
    mov eax, 60
    syscall
3:  cpuid
    mov [rdi], eax
    mov [rdi + 4], ebx
    mov [rdi + 8], ecx
    mov [rdi + 12], edx
    add rdi, 16
    ret
